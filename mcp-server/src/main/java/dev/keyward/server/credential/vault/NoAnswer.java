package dev.keyward.server.credential.vault;

import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Optional;
import javax.net.ssl.SSLException;

/// Vault did not answer, or not so that the broker can use it.
///
/// Its message is ours, for the operator. It has no cause: the driver's exceptions quote answers,
/// and an answer can hold a secret.
@SuppressWarnings("serial") // never serialized
final class NoAnswer extends Exception {
  private final boolean passing;
  private final boolean unheard;

  private NoAnswer(String why, boolean passing) {
    this(why, passing, false);
  }

  private NoAnswer(String why, boolean passing, boolean unheard) {
    super(why, null, false, false);
    this.passing = passing;
    this.unheard = unheard;
  }

  NoAnswer(String why) {
    this(why, false);
  }

  /// {@return why, as the end of a sentence}
  String why() {
    return String.valueOf(getMessage());
  }

  /// {@return whether the same question may be answered a moment later}
  boolean passing() {
    return passing;
  }

  /// {@return whether nobody can have heard the question}
  boolean unheard() {
    return unheard;
  }

  /// {@return what went wrong on the way, told from the kinds of exceptions alone}
  static NoAnswer of(Throwable failure) {
    if (caused(failure, InterruptedException.class)) {
      Thread.currentThread().interrupt(); // the driver clears the flag
      return new NoAnswer("the broker stopped waiting for Vault");
    }
    if (caused(failure, SSLException.class)) {
      return new NoAnswer("no trusted TLS connection to Vault; is vault.ca_file the right one?");
    }
    if (caused(failure, UnresolvedAddressException.class)) {
      return new NoAnswer("the name in vault.address is not known", true, true);
    }
    if (caused(failure, HttpConnectTimeoutException.class)
        || caused(failure, ConnectException.class)) {
      return new NoAnswer("Vault cannot be reached", true, true);
    }
    if (caused(failure, HttpTimeoutException.class)) {
      return new NoAnswer("Vault does not answer in time");
    }
    return new NoAnswer("the connection to Vault broke off, or its answer was too large", true);
  }

  /// {@return what a status means for which there is no better word}
  static NoAnswer of(VaultAnswer answer) {
    return new NoAnswer(words(answer.status()), answer.passing());
  }

  /// Statuses by the API documentation's table, "HTTP status codes".
  private static String words(int status) {
    return switch (status) {
      case 200, 204 -> "the answer has not the shape of Vault's";
      case 301, 302, 303, 307, 308 ->
          "Vault redirects (" + status + "); let vault.address name the active node";
      case 429 -> "Vault is a standby node or limits requests (429)";
      case 503 -> "Vault is sealed or down for maintenance (503)";
      default -> "Vault answers with status " + status;
    };
  }

  private static boolean caused(Throwable failure, Class<? extends Throwable> by) {
    Optional<Throwable> at = Optional.of(failure);
    for (int depth = 0; depth < 20 && at.isPresent(); depth++) {
      if (by.isInstance(at.get())) {
        return true;
      }
      at = at.flatMap(one -> Optional.ofNullable(one.getCause()));
    }
    return false;
  }
}
