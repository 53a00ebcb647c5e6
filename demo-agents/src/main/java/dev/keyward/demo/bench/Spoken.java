package dev.keyward.demo.bench;

import java.io.IOException;
import java.util.List;

/// A running broker, called in one of the ways that it understands.
///
/// @param keyward the program, as a command
record Spoken(BenchBroker broker, List<String> keyward, Speech speech) implements Target {
  @Override
  public String name() {
    return speech == Speech.SESSIONS ? broker.name() : broker.name() + ", " + speech.word();
  }

  @Override
  public Started process() {
    return broker.process();
  }

  @Override
  public Line open(int number) throws IOException {
    String key = broker.key(number);
    int port = broker.process().port();
    return switch (speech) {
      case SESSIONS -> broker.open(number);
      case REQUESTS -> Mcp.requests(port, key, BenchBroker.TOOL);
      case SSE -> SseLine.open(port, key, BenchBroker.TOOL);
      case STDIO -> StdioLine.open(keyward, broker.home(), key, BenchBroker.TOOL);
    };
  }

  @Override
  public void close() {}
}
