package dev.keyward.server.credential;

/// What a mint says to an order. The reasons are as those of [Lookup].
public sealed interface MintAnswer {
  /// There is one.
  record Made(Minted minted) implements MintAnswer {}

  /// There is none until somebody changes settings, catalog or the upstream's mind.
  record Missing(String why) implements MintAnswer {}

  /// There is none at the moment.
  record Unavailable(String why) implements MintAnswer {}
}
