package dev.keyward.server.audit;

import dev.keyward.call.CallDigest;
import dev.keyward.call.Tier;
import dev.keyward.call.ToolName;
import dev.keyward.catalog.ToolCall;

/// What a call asked to be allowed.
///
/// @param tool the canonical name
/// @param tier how much harm the tool can do
/// @param toolDigest SHA-256 over the whole tool as the catalog held it, 64 hexadecimal digits
/// @param argumentsHash [SealedArguments#hash], salted: it tells nothing without the salt
/// @param digest what an approval is bound to
public record Permission(
    ToolName tool, Tier tier, String toolDigest, String argumentsHash, CallDigest digest) {
  /// Checks the two hashes.
  public Permission {
    Word.hash("toolDigest", toolDigest);
    Word.hash("argumentsHash", argumentsHash);
  }

  /// {@return what `call` asks}
  ///
  /// @param arguments its arguments as the vault sealed them
  public static Permission of(ToolCall call, SealedArguments arguments) {
    return new Permission(
        call.tool().name(),
        call.tool().tier(),
        call.tool().digest(),
        arguments.hash(),
        call.digest());
  }
}
