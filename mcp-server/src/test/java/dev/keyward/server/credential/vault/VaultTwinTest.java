package dev.keyward.server.credential.vault;

import dev.keyward.server.SettableClock;
import java.util.Optional;

/// The contract on the twin.
final class VaultTwinTest extends VaultContract {
  private Optional<VaultTwin> twin = Optional.empty();

  @Override
  Server server(SettableClock clock) {
    var made = new VaultTwin(clock);
    twin = Optional.of(made);
    return new Server(made.address(), VaultTwin.ROOT, Optional.empty());
  }

  @Override
  void stop() {
    twin.ifPresent(VaultTwin::close);
  }
}
