package dev.keyward.demo.company;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/// Remembers answers by `Idempotency-Key`, as Stripe does: the same request gets the same answer,
/// another request under the same key gets an error. One at a time; for any thread.
final class IdempotentReplies {
  private record Remembered(Map<String, String> form, Reply reply) {}

  private final Map<String, Remembered> byKey = new HashMap<>();

  /// {@return the answer given before, else the one that `first` makes now}
  synchronized Reply once(String key, Map<String, String> form, Supplier<Reply> first) {
    Remembered earlier = byKey.get(key);
    if (earlier == null) {
      Reply reply = first.get();
      byKey.put(key, new Remembered(form, reply));
      return reply;
    }
    return earlier.form().equals(form)
        ? earlier.reply().with("Idempotent-Replayed", "true")
        : StripeError.otherRequest(key).reply();
  }
}
