package dev.keyward.demo.company;

import java.io.IOException;
import java.net.URI;
import java.time.InstantSource;
import java.util.List;
import java.util.SplittableRandom;

/// A stand-in CRM: tickets, notes and help pages over HTTP.
///
/// | request | answer |
/// |---|---|
/// | `GET /api/tickets?query=&status=&limit=&cursor=` | `{tickets, next_cursor}`, newest change first |
/// | `GET /api/tickets/{id}` | one ticket with its notes |
/// | `POST /api/tickets/{id}/notes` | 201 and the note; honours `Idempotency-Key` |
/// | `GET /api/customers/{id}/reset-link` | `{customer, link}` |
/// | `POST /api/tickets/{id}/messages` | 201 and the message, text included |
/// | `GET /pages/{slug}` | HTML |
/// | `GET /debug/request` | the request's headers, in base64: a bad habit |
///
/// Errors are `{error: {code, message}}`; a call without the right key gets 401.
public final class Crm implements AutoCloseable {
  private final StandIn door;
  private final CompanyKey key;
  private final TicketShelf shelf;
  private final Outbox outbox;

  private Crm(StandIn door, CompanyKey key, TicketShelf shelf, Outbox outbox) {
    this.door = door;
    this.key = key;
    this.shelf = shelf;
    this.outbox = outbox;
  }

  /// Starts it on a free port of loopback.
  ///
  /// @param world whose tickets it holds
  /// @param key the only key it accepts
  /// @param clock dates the notes that are written
  /// @throws IOException if no port can be had
  public static Crm open(World world, CompanyKey key, InstantSource clock) throws IOException {
    return open(world, key, CompanyKey.resetToken(new SplittableRandom()), clock);
  }

  /// Likewise.
  ///
  /// @param resetToken what the links that customers get open with
  /// @throws IOException if no port can be had
  public static Crm open(World world, CompanyKey key, CompanyKey resetToken, InstantSource clock)
      throws IOException {
    var leaks = new Leaks(key);
    var shelf = new TicketShelf(world.tickets(), leaks, clock);
    var outbox = new Outbox(resetToken);
    return new Crm(StandIn.open(key, new CrmEndpoints(shelf, outbox, leaks)), key, shelf, outbox);
  }

  /// {@return the messages that customers got, oldest first}
  public List<String> messages() {
    return outbox.sent();
  }

  /// {@return the link by which a customer sets a new password}
  public String resetLink(String customer) {
    return outbox.link(customer);
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
