package dev.keyward.approvals.web;

import dev.keyward.approvals.Decision;
import dev.keyward.approvals.Effect;
import dev.keyward.approvals.Settlement;
import java.util.Arrays;
import java.util.Optional;

/// The form with which a person says what became of a write, its fields parsed.
///
/// @param note at most [Decision#MAX_REASON] UTF-16 units, scrubbed; may be empty, which is refused
///   later
record SettleForm(Effect effect, String note) {

  /// {@return the fields, or empty if one is missing, is there twice or has another shape}
  static Optional<SettleForm> of(Form form, Scrubbed scrubbed) {
    Optional<Effect> effect =
        form.one("effect")
            .flatMap(
                word ->
                    Arrays.stream(Effect.values()).filter(e -> e.wire().equals(word)).findFirst());
    Optional<String> note =
        form.one("note")
            .map(text -> Settlement.note(scrubbed.words(text)))
            .filter(text -> text.length() <= Decision.MAX_REASON);
    return effect.flatMap(known -> note.map(text -> new SettleForm(known, text)));
  }
}
