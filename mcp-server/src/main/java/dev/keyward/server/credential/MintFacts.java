package dev.keyward.server.credential;

import java.util.Optional;

/// What may be told of a credential that was made for a run; nothing of its value.
///
/// @param kind how it was made, for example `oauth_client_credentials`
/// @param asked the scope that was asked for, empty where there are no scopes
/// @param got the scope that was given, which a server may widen or narrow
/// @param fingerprint a keyed digest by which the same value is known again, and nothing else
/// @param subject whose token it was exchanged for, where it was: `delegator`, `client`, or
///   `delegator_with_actor`
public record MintFacts(
    String kind, String asked, String got, String fingerprint, Optional<String> subject) {}
