package dev.keyward.server.audit;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/// One statement about all chains at a moment: the text that is signed.
///
/// Laid out as C2SP's tlog-checkpoint: origin, size and root, one line each, then lines of our own.
/// The root is RFC 6962's over the heads of all chains in the order of their names. Only heads that
/// have moved since the checkpoint before are listed; together with those before they give the
/// root.
///
/// ```
/// keyward.example/audit
/// 2
/// vQq1…=
/// at 2026-11-20T13:30:00Z
/// previous 5f70…
/// head chain_0c… 17 9a41…
/// ```
///
/// @param origin whose log it is: the signing key's name
/// @param size how many chains there are
/// @param root base64 of the root
/// @param previous the checkpoint before it in the file; empty for the first
/// @param moved heads that the checkpoint before did not have
record Checkpoint(
    String origin,
    long size,
    String root,
    Instant at,
    Optional<CheckpointName> previous,
    List<ChainHead> moved) {
  private static final int HEADER_LINES = 5;
  private static final String NONE = "none";

  Checkpoint {
    moved = List.copyOf(moved);
  }

  static String root(List<ChainHead> heads) {
    return Base64.getEncoder().encodeToString(MerkleTree.root(heads));
  }

  /// {@return the text that is signed; each line ends in a newline}
  String text() {
    var text = new StringBuilder();
    text.append(origin).append('\n');
    text.append(size).append('\n');
    text.append(root).append('\n');
    text.append("at ").append(AuditJson.time(at)).append('\n');
    text.append("previous ").append(previous.map(CheckpointName::value).orElse(NONE)).append('\n');
    for (ChainHead head : moved) {
      text.append("head ").append(head.chain()).append(' ').append(head.seq());
      text.append(' ').append(head.hash()).append('\n');
    }
    return text.toString();
  }

  /// Reads what [#text] writes.
  ///
  /// @throws IllegalArgumentException if it has another shape
  static Checkpoint parse(String text) {
    List<String> lines = text.lines().toList();
    if (lines.size() < HEADER_LINES) {
      throw new IllegalArgumentException("a checkpoint must have five lines or more");
    }
    List<ChainHead> moved = new ArrayList<>();
    for (String line : lines.subList(HEADER_LINES, lines.size())) {
      moved.add(head(after("head ", line)));
    }
    String previous = after("previous ", lines.get(4));
    return new Checkpoint(
        lines.get(0),
        Long.parseLong(lines.get(1)),
        lines.get(2),
        time(after("at ", lines.get(3))),
        previous.equals(NONE) ? Optional.empty() : Optional.of(new CheckpointName(previous)),
        moved);
  }

  private static Instant time(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException("a checkpoint's time must be ISO 8601", e);
    }
  }

  private static String after(String label, String line) {
    if (!line.startsWith(label)) {
      throw new IllegalArgumentException("a checkpoint must have a line of '" + label + "'");
    }
    return line.substring(label.length());
  }

  private static ChainHead head(String text) {
    List<String> parts = List.of(text.split(" ", -1));
    if (parts.size() != 3) {
      throw new IllegalArgumentException("a checkpoint's head must be chain, seq and hash");
    }
    return new ChainHead(parts.get(0), Long.parseLong(parts.get(1)), parts.get(2));
  }
}
