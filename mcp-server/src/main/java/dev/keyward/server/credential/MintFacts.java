package dev.keyward.server.credential;

/// What may be told of a credential that was made for a run; nothing of its value.
///
/// @param kind how it was made, for example `oauth_client_credentials`
/// @param asked the scope that was asked for, empty where there are no scopes
/// @param got the scope that was given, which a server may widen or narrow
/// @param fingerprint a keyed digest by which the same value is known again, and nothing else
public record MintFacts(String kind, String asked, String got, String fingerprint) {}
