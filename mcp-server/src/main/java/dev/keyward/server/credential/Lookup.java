package dev.keyward.server.credential;

/// What a store says about one reference.
///
/// The reasons are for the operator: each is the end of a sentence that begins with the reference,
/// and holds no value and no library's message.
public sealed interface Lookup {
  /// There is a value.
  record Found(HeldSecret secret) implements Lookup {}

  /// There is none, or the broker may not have it; asking again changes nothing until somebody
  /// acts.
  ///
  /// @param why and what to do, for example `is missing; set it with: …`
  record Missing(String why) implements Lookup {}

  /// The store cannot tell at the moment.
  ///
  /// @param why for example `cannot be read: Vault is sealed`
  record Unavailable(String why) implements Lookup {}
}
