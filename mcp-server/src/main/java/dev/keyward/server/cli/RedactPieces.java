package dev.keyward.server.cli;

import dev.keyward.redaction.Redacted;
import dev.keyward.redaction.Redactor;
import dev.keyward.redaction.Scrubber;
import java.io.IOException;
import java.io.Reader;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// An input read and redacted: text piece by piece, however long, anything else whole.
final class RedactPieces {
  /// What stands for an input that could not be searched to its end.
  static final String WITHHELD = "[withheld]";

  private static final int LARGEST = 256 << 20;
  private static final JsonMapper WHOLE_JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  /// What may be written.
  ///
  /// @param taken what was taken out of it, each with its place, as people count them
  /// @param line the line on which it starts
  record Piece(String text, List<Taken> taken, boolean withheld, long line) {}

  /// Something that was taken out.
  ///
  /// @param place line and column; in JSON pointer and column
  record Taken(String place, String rule, String type) {}

  private final Redactor redactor;
  private final Reader in;
  private final RedactCommand.Format format;
  private final boolean live;
  private final Scrubber scrubber;
  private final char[] buffer = new char[16 << 10];
  private boolean ended;
  private long line = 1;
  private int column;

  /// @param live whether whole lines are given as soon as no more comes
  RedactPieces(Redactor redactor, Reader in, RedactCommand.Format format, boolean live) {
    this.redactor = redactor;
    this.in = in;
    this.format = format;
    this.live = live;
    this.scrubber = new Scrubber(redactor, format == RedactCommand.Format.CSV);
  }

  /// {@return the next piece, or nothing at the end}
  Optional<Piece> next() throws IOException {
    return format.isWhole() ? whole() : part();
  }

  private Optional<Piece> part() throws IOException {
    while (!ended) {
      if (scrubber.isFull()) {
        return scrubber.next().map(this::counted);
      }
      if (live && !in.ready()) {
        Optional<Scrubber.Piece> lines = scrubber.lines();
        if (lines.isPresent()) {
          return lines.map(this::counted);
        }
      }
      int count = in.read(buffer);
      ended = count < 0;
      scrubber.add(buffer, Math.max(0, count));
    }
    return (scrubber.isFull() ? scrubber.next() : scrubber.end()).map(this::counted);
  }

  private Piece counted(Scrubber.Piece piece) {
    long first = line;
    List<Taken> taken =
        piece.taken().stream()
            .map(each -> new Taken(place(piece.raw(), each.start()), each.rule(), each.type()))
            .toList();
    int lastLine = piece.raw().lastIndexOf('\n');
    line += piece.raw().chars().filter(c -> c == '\n').count();
    column = lastLine < 0 ? column + piece.raw().length() : piece.raw().length() - lastLine - 1;
    return new Piece(piece.text(), taken, piece.withheld(), first);
  }

  private String place(String raw, int start) {
    int lineStart = start == 0 ? 0 : raw.lastIndexOf('\n', start - 1) + 1;
    long before = raw.substring(0, start).chars().filter(c -> c == '\n').count();
    return (line + before) + ":" + (start - lineStart + 1 + (lineStart == 0 ? column : 0));
  }

  private Optional<Piece> whole() throws IOException {
    if (ended) {
      return Optional.empty();
    }
    String text = read();
    if (text.isBlank()) {
      return Optional.of(new Piece(text, List.of(), false, 1));
    }
    try {
      return Optional.of(scrubbed(text));
    } catch (Redactor.Uncertain limit) {
      return Optional.of(new Piece(WITHHELD + System.lineSeparator(), List.of(), true, 1));
    }
  }

  private String read() throws IOException {
    var raw = new StringBuilder();
    for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
      raw.append(buffer, 0, count);
      if (raw.length() > LARGEST) {
        throw new IOException("larger than can be held; only text, yaml and csv may be endless");
      }
    }
    ended = true;
    return raw.toString();
  }

  private Piece scrubbed(String text) throws IOException {
    if (format != RedactCommand.Format.JSON) {
      Redacted redacted = redactor.scrub(text);
      return new Piece(
          redacted.text(),
          redacted.taken().stream()
              .map(
                  each ->
                      new Taken(
                          place(text, each.found().start()),
                          each.found().rule(),
                          each.found().type()))
              .toList(),
          false,
          1);
    }
    Redacted redacted = redactor.scrub(json(text));
    return new Piece(
        redacted.json() + System.lineSeparator(),
        redacted.taken().stream()
            .map(
                each ->
                    new Taken(
                        each.pointer() + ":" + (each.found().start() + 1),
                        each.found().rule(),
                        each.found().type()))
            .toList(),
        false,
        1);
  }

  private static JsonNode json(String text) throws IOException {
    try {
      return WHOLE_JSON.readTree(text);
    } catch (JacksonException notJson) { // its message may quote the text
      var at = notJson.getLocation();
      String where = at == null ? "" : ":" + at.getLineNr() + ":" + at.getColumnNr();
      throw new IOException(where + ": not JSON, or more than one value; --format text takes it");
    }
  }
}
