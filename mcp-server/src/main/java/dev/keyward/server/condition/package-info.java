/// Conditions that operators write, in CEL: type-checked when they are read, and evaluated at a
/// bounded cost.
///
/// The only place that knows CEL. It knows no calls and no rules: what a condition may speak of is
/// its [Vocabulary], and what that is worth in one case its [Facts].
@NullMarked
package dev.keyward.server.condition;

import org.jspecify.annotations.NullMarked;
