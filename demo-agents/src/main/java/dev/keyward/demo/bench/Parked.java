package dev.keyward.demo.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Calls that wait at the upstream for longer than the benchmark lasts, each on a connection of its
/// own.
final class Parked implements AutoCloseable {
  private final List<Wire> waiting = new ArrayList<>();

  /// Sends them; their answers are not waited for.
  static Parked open(BenchBroker broker, int calls) throws IOException {
    var parked = new Parked();
    for (int i = 0; i < calls; i++) {
      var wire = new Wire(broker.process().port());
      parked.waiting.add(wire);
      wire.send(Mcp.request(broker.process().port(), broker.parkedKey(i), BenchBroker.SLOW_TOOL));
    }
    return parked;
  }

  /// {@return how many there are}
  int waiting() {
    return waiting.size();
  }

  @Override
  public void close() throws IOException {
    for (Wire wire : waiting) {
      wire.close();
    }
  }
}
