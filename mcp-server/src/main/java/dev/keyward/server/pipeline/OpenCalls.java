package dev.keyward.server.pipeline;

import dev.keyward.call.CallId;
import dev.keyward.call.Caller;
import dev.keyward.call.Cancellation;
import dev.keyward.call.Refusal;
import dev.keyward.catalog.Tool;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// The calls that this process is carrying or holding, so that the broker can end them.
///
/// A call is here from the moment its caller is known. Whoever forbids something first makes it
/// count for what is asked before a byte leaves, and ends what is open after: so nothing slips
/// through between the two. Thread-safe.
final class OpenCalls {
  private final Map<CallId, Place> open = new ConcurrentHashMap<>();

  /// Notes a call whose caller is known.
  ///
  /// @param dead asked now and then: why the call may not go on
  Place enter(
      CallId id, Caller caller, Cancellation cancellation, Supplier<Optional<Refusal>> dead) {
    var place = new Place(new OpenCall(id, caller, Optional.empty()), cancellation, dead);
    open.put(id, place);
    return place;
  }

  /// Ends the calls that `which` picks: what waits ends at once, a read that has been sent is
  /// broken off, a write that has been sent runs on to its outcome.
  ///
  /// @param why what their agents are told
  /// @return how many these were
  int end(Predicate<OpenCall> which, Refusal why) {
    int ended = 0;
    for (Place place : open.values()) {
      if (which.test(place.call) && place.cancellation.cancel(why)) {
        ended++;
      }
    }
    return ended;
  }

  /// Ends the calls that may not go on, because their key, their run or anything else that is asked
  /// before a byte leaves counts no longer. Where nobody can say, they are left alone.
  void endDead() {
    for (Place place : open.values()) {
      place.dead.get().filter(OpenCalls::certain).ifPresent(place.cancellation::cancel);
    }
  }

  private static boolean certain(Refusal why) {
    return !(why instanceof Refusal.AuditUnavailable || why instanceof Refusal.OutcomeUnknown);
  }

  /// The place of one call. Closed by the call's thread when it ends.
  final class Place implements AutoCloseable {
    private final Cancellation cancellation;
    private final Supplier<Optional<Refusal>> dead;
    private volatile OpenCall call;

    private Place(OpenCall call, Cancellation cancellation, Supplier<Optional<Refusal>> dead) {
      this.call = call;
      this.cancellation = cancellation;
      this.dead = dead;
    }

    /// Notes which tool is called.
    void of(Tool tool) {
      call = new OpenCall(call.id(), call.caller(), Optional.of(tool));
    }

    @Override
    public void close() {
      open.remove(call.id());
    }
  }
}
