package dev.keyward.server.transport;

import dev.keyward.call.Cancellation;
import dev.keyward.call.Refusal;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// The calls that have begun and not ended, by the names that their clients gave them, so that a
/// client can take one back. Thread-safe.
final class CallsInFlight {
  private final ConcurrentHashMap<Key, Cancellation> open = new ConcurrentHashMap<>();

  private record Key(String session, String request) {}

  /// Notes that a call has begun.
  ///
  /// @return what ends it; empty if a call of that id has not ended
  Optional<Cancellation> begin(String session, String request) {
    var cancellation = new Cancellation();
    boolean fresh = open.putIfAbsent(new Key(session, request), cancellation) == null;
    return fresh ? Optional.of(cancellation) : Optional.empty();
  }

  /// Notes that a call has ended.
  void end(String session, String request) {
    open.remove(new Key(session, request));
  }

  /// Takes a call back; one that is not in flight is ignored.
  void cancel(String session, String request) {
    var cancellation = open.get(new Key(session, request));
    if (cancellation != null) {
      cancellation.cancel(new Refusal.Cancelled());
    }
  }

  /// Ends every call of a session.
  ///
  /// @param reason what their caller is told; [Refusal.Cancelled] is not answered at all
  void endAll(String session, Refusal reason) {
    open.forEach(
        (key, cancellation) -> {
          if (key.session.equals(session)) {
            cancellation.cancel(reason);
          }
        });
  }
}
