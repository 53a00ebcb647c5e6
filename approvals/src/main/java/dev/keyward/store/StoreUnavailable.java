package dev.keyward.store;

/// The database could not do its work: disk full, file gone, closed. Nothing of it happened.
@SuppressWarnings("serial") // never serialized
public final class StoreUnavailable extends RuntimeException {
  /// For a database that did not get to ask its engine.
  public StoreUnavailable(String message) {
    super(message);
  }

  /// Keeps the engine's own exception for the operator's log.
  public StoreUnavailable(String message, Throwable cause) {
    super(message, cause);
  }
}
