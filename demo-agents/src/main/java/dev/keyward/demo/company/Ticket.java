package dev.keyward.demo.company;

import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/// A ticket of the CRM.
///
/// @param id digits
/// @param status `open`, `pending` or `closed`
/// @param priority `low`, `normal`, `high` or `urgent`
/// @param customer the requester's company
/// @param notes oldest first
public record Ticket(
    String id,
    String subject,
    String status,
    String priority,
    Customer customer,
    String body,
    Instant createdAt,
    Instant updatedAt,
    List<Note> notes) {
  /// Copies the notes.
  public Ticket {
    notes = List.copyOf(notes);
  }

  /// {@return this ticket with one more note, changed when the note was written}
  Ticket with(Note note) {
    List<Note> more = Stream.concat(notes.stream(), Stream.of(note)).toList();
    return new Ticket(
        id, subject, status, priority, customer, body, createdAt, note.createdAt(), more);
  }
}
