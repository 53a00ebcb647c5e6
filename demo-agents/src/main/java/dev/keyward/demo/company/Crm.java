package dev.keyward.demo.company;

import java.io.IOException;
import java.net.URI;
import java.time.InstantSource;
import java.util.List;

/// A stand-in CRM: tickets, notes and help pages over HTTP.
///
/// | request | answer |
/// |---|---|
/// | `GET /api/tickets?query=&status=&limit=&cursor=` | `{tickets, next_cursor}`, newest change first |
/// | `GET /api/tickets/{id}` | one ticket with its notes |
/// | `POST /api/tickets/{id}/notes` | 201 and the note; honours `Idempotency-Key` |
/// | `GET /pages/{slug}` | HTML |
/// | `GET /debug/request` | the request's headers, in base64: a bad habit |
///
/// Errors are `{error: {code, message}}`; a call without the right key gets 401.
public final class Crm implements AutoCloseable {
  private final StandIn door;
  private final CompanyKey key;
  private final TicketShelf shelf;

  private Crm(StandIn door, CompanyKey key, TicketShelf shelf) {
    this.door = door;
    this.key = key;
    this.shelf = shelf;
  }

  /// Starts it on a free port of loopback.
  ///
  /// @param world whose tickets it holds
  /// @param key the only key it accepts
  /// @param clock dates the notes that are written
  /// @throws IOException if no port can be had
  public static Crm open(World world, CompanyKey key, InstantSource clock) throws IOException {
    var leaks = new Leaks(key);
    var shelf = new TicketShelf(world.tickets(), leaks, clock);
    return new Crm(StandIn.open(key, new CrmEndpoints(shelf, leaks)), key, shelf);
  }

  /// {@return `http://127.0.0.1:PORT`}
  public URI origin() {
    return door.origin();
  }

  /// {@return what it has seen}
  public Journal journal() {
    return door.journal();
  }

  /// {@return the key it accepts}
  public CompanyKey key() {
    return key;
  }

  /// {@return the texts of the notes on a ticket now, oldest first; none if there is no such
  /// ticket}
  public List<String> notesOn(String ticket) {
    return shelf.find(ticket).stream()
        .flatMap(found -> found.notes().stream())
        .map(Note::text)
        .toList();
  }

  @Override
  public void close() {
    door.close();
  }
}
