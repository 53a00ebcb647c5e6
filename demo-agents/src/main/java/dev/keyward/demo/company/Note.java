package dev.keyward.demo.company;

import java.time.Instant;

/// What somebody wrote below a ticket.
///
/// @param internal whether only the staff may read it
public record Note(String id, String author, String text, Instant createdAt, boolean internal) {}
