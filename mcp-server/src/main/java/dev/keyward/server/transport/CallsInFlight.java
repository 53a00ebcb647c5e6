package dev.keyward.server.transport;

import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/// The calls that have begun and not ended, so that a client can take one back. Thread-safe.
final class CallsInFlight {
  private final ConcurrentHashMap<Key, AtomicBoolean> cancelled = new ConcurrentHashMap<>();

  private record Key(String session, String request) {}

  /// Notes that a call has begun.
  ///
  /// @return what turns true when it is cancelled; empty if a call of that id has not ended
  Optional<AtomicBoolean> begin(String session, String request) {
    var flag = new AtomicBoolean();
    boolean fresh = cancelled.putIfAbsent(new Key(session, request), flag) == null;
    return fresh ? Optional.of(flag) : Optional.empty();
  }

  /// Notes that a call has ended.
  void end(String session, String request) {
    cancelled.remove(new Key(session, request));
  }

  /// Marks a call as cancelled; one that is not in flight is ignored.
  void cancel(String session, String request) {
    var flag = cancelled.get(new Key(session, request));
    if (flag != null) {
      flag.set(true);
    }
  }

  /// Marks every call of a session as cancelled.
  void cancelAll(String session) {
    cancelled.forEach(
        (key, flag) -> {
          if (key.session.equals(session)) {
            flag.set(true);
          }
        });
  }
}
