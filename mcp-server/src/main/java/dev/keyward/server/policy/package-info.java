/// Stages 4 and 5: may this call run, and who must agree first.
///
/// [Policy] is pure; [Gate] joins it to the approvals, and alone makes a [PermittedCall]. No
/// language model has a say, and where no rule and no tier speaks for a call it is denied.
@NullMarked
package dev.keyward.server.policy;

import org.jspecify.annotations.NullMarked;
