package dev.keyward.server.credential.vault;

import tools.jackson.databind.JsonNode;

/// What Vault said: a status, and a body that is an empty object where there was none or no JSON.
///
/// A body can hold secrets, so this prints its status only.
record VaultAnswer(int status, JsonNode body) {
  static final int OK = 200;
  static final int FORBIDDEN = 403;
  static final int NOT_FOUND = 404;

  /// {@return whether the same question may get another answer a moment later}
  ///
  /// 412 is an index that a node has not caught up with, 472 and 473 are kinds of standby; the rest
  /// stands in the API documentation's table, "HTTP status codes".
  boolean passing() {
    return switch (status) {
      case 412, 429, 472, 473, 500, 502, 503, 504 -> true;
      default -> false;
    };
  }

  /// {@return whether the node says that it serves nobody, so that nothing was done}
  boolean unserved() {
    return switch (status) {
      case 429, 472, 473, 503 -> true;
      default -> false;
    };
  }

  @Override
  public String toString() {
    return "[answer " + status + "]";
  }
}
