package dev.keyward.server.cli;

import dev.keyward.redaction.Redacted;
import dev.keyward.redaction.Redactor;
import java.io.IOException;
import java.io.Reader;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// An input read and redacted piece by piece: text in windows of bounded size, anything else whole.
///
/// A window is written only up to a line end outside of everything that was found, and far enough
/// from its own end that what starts there would have been seen. What follows is read again with
/// the next window: nothing that has left is looked back at.
final class RedactPieces {
  /// What stands for a piece that could not be searched to its end.
  static final String WITHHELD = "[withheld]";

  private static final int WINDOW = 256 << 10;
  private static final int HELD_BACK = 40 << 10;
  private static final int LARGEST = 256 << 20;

  private final Redactor redactor;
  private final Reader in;
  private final RedactCommand.Format format;
  private final StringBuilder raw = new StringBuilder();
  private final char[] buffer = new char[16 << 10];
  private boolean ended;
  private boolean withheld;
  private long line = 1;
  private long nextLine = 1;
  private String piece = "";
  private String text = "";
  private List<Redacted.Taken> taken = List.of();

  RedactPieces(Redactor redactor, Reader in, RedactCommand.Format format) {
    this.redactor = redactor;
    this.in = in;
    this.format = format;
  }

  /// Goes on to the next piece.
  ///
  /// @return whether there is one
  boolean next() throws IOException {
    fill(format == RedactCommand.Format.TEXT ? WINDOW : LARGEST);
    if (raw.isEmpty()) {
      return false;
    }
    line = nextLine;
    piece = raw.toString();
    try {
      withheld = false;
      Redacted redacted = scrubbed(piece);
      if (format == RedactCommand.Format.JSON) {
        took(piece.length(), redacted.json() + System.lineSeparator(), redacted.taken());
      } else {
        cut(redacted);
      }
    } catch (Redactor.Uncertain limit) {
      withheld = true;
      took(piece.length(), WITHHELD + System.lineSeparator(), List.of());
    }
    return true;
  }

  private void fill(int size) throws IOException {
    while (!ended && raw.length() < size) {
      int count = in.read(buffer);
      ended = count < 0;
      raw.append(buffer, 0, Math.max(0, count));
    }
    if (!ended && size == LARGEST) {
      throw new IOException("larger than can be held; only --format text may be endless");
    }
  }

  private Redacted scrubbed(String whole) throws IOException {
    if (format != RedactCommand.Format.JSON) {
      return redactor.scrub(whole);
    }
    try {
      return redactor.scrub(JsonMapper.shared().readTree(whole));
    } catch (JacksonException notJson) {
      throw new IOException("not JSON"); // the library's message may quote the text
    }
  }

  private void cut(Redacted redacted) {
    int end = ended ? piece.length() : end(redacted.taken());
    var kept = redacted.taken().stream().filter(each -> each.found().end() <= end).toList();
    var out = new StringBuilder();
    int done = 0;
    for (Redacted.Taken each : kept) {
      out.append(piece, done, each.found().start()).append(Redactor.REPLACEMENT);
      done = each.found().end();
    }
    took(end, out.append(piece, done, end).toString(), kept);
  }

  /// A line end, else any place, that is in nothing that was found.
  private int end(List<Redacted.Taken> found) {
    int end = piece.lastIndexOf('\n', piece.length() - HELD_BACK) + 1;
    end = end > 0 ? end : piece.length() - HELD_BACK;
    for (int i = found.size() - 1; i >= 0; i--) {
      var each = found.get(i).found();
      if (each.start() < end && each.end() > end) {
        end = each.end(); // all of it is here, for it was found
      }
    }
    return end;
  }

  private void took(int end, String written, List<Redacted.Taken> found) {
    nextLine += piece.substring(0, end).chars().filter(c -> c == '\n').count();
    raw.delete(0, end);
    text = written;
    taken = found;
  }

  /// {@return the piece as it may leave}
  String text() {
    return text;
  }

  /// {@return whether it could not be searched to its end}
  boolean isWithheld() {
    return withheld;
  }

  /// {@return the line on which it starts}
  long line() {
    return line;
  }

  /// {@return what was taken out of it}
  List<Redacted.Taken> taken() {
    return taken;
  }

  /// {@return line and column of `one`; in JSON its pointer and column}
  String place(Redacted.Taken one) {
    int start = one.found().start();
    if (format == RedactCommand.Format.JSON) {
      return one.pointer() + ":" + (start + 1);
    }
    int lineStart = piece.lastIndexOf('\n', Math.max(0, start - 1)) + 1;
    long before = piece.substring(0, start).chars().filter(c -> c == '\n').count();
    return (line + before) + ":" + (start - lineStart + 1);
  }
}
