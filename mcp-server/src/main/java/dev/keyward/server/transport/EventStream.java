package dev.keyward.server.transport;

import java.io.IOException;
import java.io.InputStream;

/// Reads the events of a `text/event-stream`, of which only the data matters here.
final class EventStream {
  private static final String DATA = "data:";
  private static final int MAX_LINE_BYTES = 64 << 20;

  private final LineReader lines;

  EventStream(InputStream in) {
    this.lines = new LineReader(in, MAX_LINE_BYTES);
  }

  /// What is done with each event.
  @FunctionalInterface
  interface Reader {
    void event(String data) throws IOException;
  }

  /// Hands every event to `reader` until the stream ends.
  void forEach(Reader reader) throws IOException {
    var data = new StringBuilder();
    while (true) {
      switch (lines.next()) {
        case LineReader.Line.End() -> {
          return;
        }
        case LineReader.Line.Unreadable() -> throw new IOException("an event cannot be read");
        case LineReader.Line.Text(var line) -> {
          if (line.startsWith(DATA)) {
            data.append(line.substring(DATA.length()).strip()).append('\n');
          } else if (line.isEmpty() && !data.isEmpty()) {
            reader.event(data.toString());
            data.setLength(0);
          }
        }
      }
    }
  }
}
