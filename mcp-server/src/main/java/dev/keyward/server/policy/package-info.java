/// Stages 4 and 5: may this call run, and who must agree first.
///
/// [RulePolicy] decides by the operator's [Rules] and the tiers; [Gate] joins it to the approvals,
/// and alone makes a [PermittedCall]. No language model has a say. What rules ask of the past is in
/// tables of its own, kept in the transaction of the intent.
@NullMarked
package dev.keyward.server.policy;

import org.jspecify.annotations.NullMarked;
