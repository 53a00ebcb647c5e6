package dev.keyward.redaction;

import dev.keyward.redaction.rules.Found;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A text that comes in pieces and leaves scrubbed, however long it gets.
///
/// It holds back what a secret could still begin in, for what has left cannot be looked back at.
/// What left last it remembers as context: a name whose value comes next, and the heading of a
/// table. Memory is bounded. Not safe for threads.
public final class Scrubber {
  /// What stands for a piece that could not be searched to its end.
  public static final String WITHHELD = "[withheld]\n";

  private static final int WINDOW = 256 << 10;
  private static final int HELD_BACK = 40 << 10;
  private static final int CONTEXT = 4 << 10;
  private static final int HEADING = 4 << 10;

  private final Redactor redactor;
  private final boolean table;
  private final StringBuilder raw = new StringBuilder();
  private String heading = "";
  private String before = "";

  /// Scrubs with `redactor`.
  ///
  /// @param table whether the first line is a heading for all others, as in CSV
  public Scrubber(Redactor redactor, boolean table) {
    this.redactor = redactor;
    this.table = table;
  }

  /// A piece that may leave.
  ///
  /// @param raw as it came; not to leave
  /// @param text as it may leave
  /// @param taken what was taken out, first to last, in places of `raw`
  /// @param withheld whether it could not be searched to its end, so that nothing of it may leave
  public record Piece(String raw, String text, List<Found> taken, boolean withheld) {
    /// Copies the list.
    public Piece {
      taken = List.copyOf(taken);
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /// Takes more of the text.
  public void add(char[] text, int count) {
    raw.append(text, 0, count);
  }

  /// {@return whether so much has come that [#next] gives a piece, and should be asked to}
  public boolean isFull() {
    return raw.length() >= WINDOW;
  }

  /// {@return the next piece that may leave, if enough has come}
  public Optional<Piece> next() {
    return isFull() ? piece(raw.length() - HELD_BACK, true) : Optional.empty();
  }

  /// {@return all whole lines that have come, to be shown while no more comes}
  ///
  /// A secret that is cut by the pause is found only if a part of it tells enough.
  public Optional<Piece> lines() {
    int end = raw.lastIndexOf("\n") + 1;
    return end > 0 ? piece(end, false) : Optional.empty();
  }

  /// {@return what is left, when no more comes}
  public Optional<Piece> end() {
    return raw.isEmpty() ? Optional.empty() : piece(raw.length(), false);
  }

  private Optional<Piece> piece(int most, boolean atLine) {
    String lead = heading + before;
    try {
      Redacted redacted = redactor.scrub(lead + raw);
      List<Found> found = inRaw(redacted, lead.length());
      int end = end(found, most, atLine);
      return end == 0 ? Optional.empty() : Optional.of(cut(found, end));
    } catch (Redactor.Uncertain limit) {
      int end = end(List.of(), most, atLine);
      return Optional.of(new Piece(left(end), WITHHELD, List.of(), true));
    }
  }

  /// What begins in the context and goes on is taken from where the context ends.
  private static List<Found> inRaw(Redacted redacted, int lead) {
    var found = new ArrayList<Found>();
    for (Redacted.Taken each : redacted.taken()) {
      int start = each.found().start() - lead;
      int end = each.found().end() - lead;
      if (end > 0) {
        found.add(each.found().at(Math.max(0, start), end));
      }
    }
    return found;
  }

  /// A line end, else any place, that is in nothing that was found.
  private int end(List<Found> found, int most, boolean atLine) {
    int line = atLine ? raw.lastIndexOf("\n", most - 1) + 1 : most;
    int end = line > 0 ? line : most;
    for (Found each : found.reversed()) {
      if (each.start() < end && each.end() > end) {
        end = each.end(); // all of it is here, for it was found
      }
    }
    return end > 0 && end < raw.length() && Character.isLowSurrogate(raw.charAt(end))
        ? end + 1
        : end;
  }

  private Piece cut(List<Found> found, int end) {
    var kept = found.stream().filter(each -> each.end() <= end).toList();
    var out = new StringBuilder();
    int done = 0;
    for (Found each : kept) {
      out.append(raw, done, each.start()).append(Redactor.REPLACEMENT);
      done = each.end();
    }
    String text = out.append(raw, done, end).toString();
    return new Piece(left(end), text, kept, false);
  }

  private String left(int end) {
    String piece = raw.substring(0, end);
    if (table && before.isEmpty() && heading.isEmpty()) {
      int line = piece.indexOf('\n') + 1;
      heading = line > 0 && line <= HEADING ? piece.substring(0, line) : "";
    }
    int from = Math.max(0, piece.length() - CONTEXT);
    int line = from == 0 ? 0 : piece.indexOf('\n', from) + 1;
    before = heading.isEmpty() ? piece.substring(Math.max(from, line)) : "";
    raw.delete(0, end);
    return piece;
  }
}
