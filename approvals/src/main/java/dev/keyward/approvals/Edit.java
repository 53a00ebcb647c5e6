package dev.keyward.approvals;

import dev.keyward.call.Arguments;
import dev.keyward.call.CallDigest;
import dev.keyward.call.PersonId;
import java.time.Instant;
import tools.jackson.databind.json.JsonMapper;

/// Other arguments that a person has put in place of those asked for, before anybody agreed: with
/// them the call runs, if people agree to that.
///
/// @param by who changed them; independent of this request no more
/// @param at when, to the millisecond
/// @param summary the line for reviewers, with the new values
/// @param argumentsJson the canonical arguments, RFC 8785, in full
/// @param digest of the call with these arguments: what answers are bound to from then on
public record Edit(
    PersonId by, Instant at, String summary, String argumentsJson, CallDigest digest) {
  /// {@return the arguments with which the call runs}
  public Arguments arguments() {
    return Arguments.of(JsonMapper.shared().readTree(argumentsJson));
  }
}
