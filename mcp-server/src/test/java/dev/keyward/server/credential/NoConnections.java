package dev.keyward.server.credential;

import dev.keyward.call.PersonId;
import dev.keyward.redaction.Secret;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// Accounts of which none is connected.
public final class NoConnections implements Connections {
  @Override
  public boolean connected(String name) {
    return false;
  }

  @Override
  public Optional<Turn> take(String name) {
    return Optional.empty();
  }

  @Override
  public boolean first(String attempt) {
    throw new UnsupportedOperationException("nothing is kept here");
  }

  @Override
  public void connect(String name, Secret token, String scope, Optional<PersonId> by) {
    throw new UnsupportedOperationException("nothing is kept here");
  }

  @Override
  public Collection<Secret> held() {
    return List.of();
  }

  @Override
  public void onChange(Runnable listener) {}
}
