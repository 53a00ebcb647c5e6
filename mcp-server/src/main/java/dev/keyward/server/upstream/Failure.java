package dev.keyward.server.upstream;

/// Why there is no usable answer.
public enum Failure {
  UNREACHABLE("never came, since the service cannot be reached"),
  ADDRESS_REFUSED("never came, since the service's address is not allowed"),
  CREDENTIAL_UNUSABLE("never came, since the credential cannot stand where the tool puts it"),
  LOGIN_REFUSED("never came, since the service refuses the credential"),
  REQUEST_UNUSABLE("never came, since the request cannot be sent as it stands"),
  CANCELLED("was not waited for, since the call was cancelled"),
  TIMED_OUT("did not come in time"),
  TOO_LARGE("is larger than the tool allows"),
  WRONG_TYPE("is of another type than the tool declares"),
  REDIRECTED("is a redirect, and redirects are not followed"),
  MALFORMED("is malformed"),
  BROKEN_OFF("broke off before its end");

  private final String words;

  Failure(String words) {
    this.words = words;
  }

  /// {@return the end of a sentence that starts with "the service's answer"}
  public String words() {
    return words;
  }
}
