package dev.keyward.server.upstream;

/// A request that cannot be made, or an answer that is of no use; holds nothing of either.
@SuppressWarnings("serial") // never serialized
final class Unusable extends Exception {
  private final Failure why;

  Unusable(Failure why) {
    super(why.name());
    this.why = why;
  }

  Failure why() {
    return why;
  }
}
