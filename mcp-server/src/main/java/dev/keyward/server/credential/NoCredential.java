package dev.keyward.server.credential;

import dev.keyward.catalog.CredentialRef;
import dev.keyward.redaction.Secret;
import java.time.Instant;
import java.util.Optional;

/// The lease of a tool that needs no credential.
final class NoCredential implements Lease {
  @Override
  public Optional<Secret> secret() {
    return Optional.empty();
  }

  @Override
  public Optional<CredentialRef> ref() {
    return Optional.empty();
  }

  @Override
  public Optional<Instant> expires() {
    return Optional.empty();
  }

  @Override
  public boolean standing() {
    return false;
  }

  @Override
  public int version() {
    return 0;
  }

  @Override
  public Optional<MintFacts> facts() {
    return Optional.empty();
  }

  @Override
  public Optional<Lease> fresher() {
    return Optional.empty();
  }

  @Override
  public void rejected() {}

  @Override
  public void close() {}

  @Override
  public String toString() {
    return "[no credential]";
  }
}
