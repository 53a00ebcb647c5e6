package dev.keyward.demo.company;

import java.time.InstantSource;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The CRM's tickets, which change as notes are written. Safe for any thread.
final class TicketShelf {
  /// As whom the API's callers write.
  static final String AUTHOR = "api";

  private static final int FIRST_NOTE = 9901;

  private final Map<String, Ticket> tickets = new LinkedHashMap<>();
  private final Map<String, Note> writtenByIdempotencyKey = new LinkedHashMap<>();
  private final InstantSource clock;
  private int notesWritten;

  TicketShelf(List<Ticket> tickets, Leaks leaks, InstantSource clock) {
    this.clock = clock;
    for (Ticket ticket : tickets) {
      this.tickets.put(ticket.id(), withDumps(ticket, leaks));
    }
  }

  synchronized Optional<Ticket> find(String id) {
    return Optional.ofNullable(tickets.get(id));
  }

  /// {@return tickets that hold every word of `query`, last changed first}
  ///
  /// @param query words; empty matches all
  /// @param status empty matches all
  synchronized List<Ticket> search(String query, String status) {
    List<String> words =
        Arrays.stream(query.toLowerCase(Locale.ROOT).split("\\s+"))
            .filter(word -> !word.isEmpty())
            .toList();
    return tickets.values().stream()
        .filter(ticket -> status.isEmpty() || ticket.status().equals(status))
        .filter(ticket -> holdsAll(ticket, words))
        .sorted(Comparator.comparing(Ticket::updatedAt).thenComparing(Ticket::id).reversed())
        .toList();
  }

  /// {@return the note, which is new unless `idempotencyKey` was seen before}
  synchronized Note write(Ticket ticket, String text, boolean internal, String idempotencyKey) {
    Note earlier = writtenByIdempotencyKey.get(idempotencyKey);
    if (earlier != null && !idempotencyKey.isEmpty()) {
      return earlier;
    }
    String id = "note_" + (FIRST_NOTE + notesWritten);
    notesWritten++;
    var note = new Note(id, AUTHOR, text, clock.instant(), internal);
    tickets.computeIfPresent(ticket.id(), (_, now) -> now.with(note));
    writtenByIdempotencyKey.put(idempotencyKey, note);
    return note;
  }

  private static boolean holdsAll(Ticket ticket, List<String> words) {
    String text = (ticket.subject() + "\n" + ticket.body()).toLowerCase(Locale.ROOT);
    return words.stream().allMatch(text::contains);
  }

  /// A well-meaning integration writes its failed requests below the ticket, headers and all.
  private static Ticket withDumps(Ticket ticket, Leaks leaks) {
    List<Note> notes =
        ticket.notes().stream()
            .map(note -> note.author().equals("integration-bot") ? dumped(note, leaks) : note)
            .toList();
    return new Ticket(
        ticket.id(),
        ticket.subject(),
        ticket.status(),
        ticket.priority(),
        ticket.customer(),
        ticket.body(),
        ticket.createdAt(),
        ticket.updatedAt(),
        notes);
  }

  private static Note dumped(Note note, Leaks leaks) {
    String text = note.text() + "\n" + leaks.requestDump();
    return new Note(note.id(), note.author(), text, note.createdAt(), note.internal());
  }
}
