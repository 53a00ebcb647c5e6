package dev.keyward.server.crash;

import dev.keyward.server.StandIn;
import java.net.URI;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// The upstream: writes down every request, answers most, and now and then is slow, breaks off or
/// has a fault. Which it does is told by the request and the seed.
final class Company implements AutoCloseable {
  private final StandIn server = new StandIn();
  private final long seed;
  private volatile Runnable onArrival = () -> {};

  Company(long seed) {
    this.seed = seed;
    server.answers(
        exchange -> {
          onArrival.run();
          int chance = chance(exchange.getRequestURI().toString() + server.journal().size());
          if (chance < 20) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(chance * 3L));
          }
          if (chance % 20 == 7) {
            StandIn.cut().answer(exchange);
          } else if (chance % 20 == 13) {
            StandIn.of(500, "application/json", "{\"error\":\"fault\"}").answer(exchange);
          } else {
            StandIn.json("{\"id\":\"1\"}").answer(exchange);
          }
        });
  }

  /// From now on `action` runs when a request has arrived, before it is answered.
  void onArrival(Runnable action) {
    onArrival = action;
  }

  /// From now on it is quick and has no faults.
  void alwaysAnswers() {
    server.answers(StandIn.json("{\"id\":\"1\"}"));
  }

  URI origin() {
    return server.origin();
  }

  /// {@return every request so far}
  List<StandIn.Seen> journal() {
    return server.journal();
  }

  @Override
  public void close() {
    server.close();
  }

  private int chance(String of) {
    return Math.floorMod(of.hashCode() * 31L + seed, 100);
  }
}
