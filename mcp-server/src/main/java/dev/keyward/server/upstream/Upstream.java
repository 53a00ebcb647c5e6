package dev.keyward.server.upstream;

import dev.keyward.server.credential.Lease;
import dev.keyward.server.handle.Restored;
import dev.keyward.server.policy.PermittedCall;
import java.util.Optional;

/// The only way to another company's system.
public interface Upstream {
  /// Sends the call and waits for its end, at most as long as the tool's limits say.
  ///
  /// Where the upstream says that the credential is not, or no longer, good, a fresher one is tried
  /// once: for a read on 401, or on 403 with `error="invalid_token"` (RFC 6750, section 3.1); for a
  /// write on 401 only, and only with an idempotency key that the tool's binding has a header for.
  ///
  /// A cancellation, or an interrupt of the caller, ends a call that has not begun and a read; a
  /// write that may have left runs on to its end. The interrupt stays set.
  ///
  /// @param restored of this call: what is sent in place of its arguments
  /// @param lease of this call's tool; it is not closed here
  /// @param idempotencyKey what makes a repeated write harmless, printable ASCII
  /// @param sending asked just before the first byte; what it throws stops the call and is thrown
  ///   on
  /// @throws dev.keyward.call.CallRefused if the arguments cannot be put into a request
  Reply send(
      PermittedCall call,
      Restored restored,
      Lease lease,
      Optional<String> idempotencyKey,
      Sending sending);
}
