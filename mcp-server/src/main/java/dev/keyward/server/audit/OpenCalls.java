package dev.keyward.server.audit;

import dev.keyward.call.CallId;
import dev.keyward.store.Tx;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Which calls of a chain have an intent and no outcome yet, so that a later start knows from where
/// on to look. The writer thread's; follows units that are undone.
final class OpenCalls {
  private final Map<CallId, Long> intents = new HashMap<>();
  private final TreeMap<Long, CallId> bySeq = new TreeMap<>();

  /// Takes note of a record.
  void recorded(Tx tx, long seq, AuditEvent event) {
    switch (event) {
      case AuditEvent.CallIntent intent -> {
        if (open(intent.call(), seq)) {
          tx.afterRollback(() -> close(intent.call()));
        }
      }
      case AuditEvent.CallOutcome outcome -> {
        Long began = close(outcome.call());
        if (began != null) {
          tx.afterRollback(() -> open(outcome.call(), began));
        }
      }
      default -> {} // concerns no call of this chain
    }
  }

  /// {@return the first record that is the intent of an open call; `next` if none is open}
  long from(long next) {
    return bySeq.isEmpty() ? next : bySeq.firstKey();
  }

  private boolean open(CallId call, long seq) {
    boolean fresh = intents.putIfAbsent(call, seq) == null;
    if (fresh) {
      bySeq.put(seq, call);
    }
    return fresh;
  }

  private @Nullable Long close(CallId call) {
    Long seq = intents.remove(call);
    if (seq != null) {
      bySeq.remove(seq);
    }
    return seq;
  }
}
