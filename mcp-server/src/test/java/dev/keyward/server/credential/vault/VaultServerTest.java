package dev.keyward.server.credential.vault;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.keyward.server.SettableClock;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/// The contract on a real Vault or OpenBao, if the environment names one: `VAULT_ADDR`,
/// `VAULT_TOKEN` of a token that may mount engines, and `VAULT_CACERT` where its authority is its
/// own.
final class VaultServerTest extends VaultContract {
  @Override
  Server server(SettableClock clock) {
    Optional<String> address = variable("VAULT_ADDR");
    Optional<String> token = variable("VAULT_TOKEN");
    assumeTrue(
        address.isPresent() && token.isPresent(),
        "VAULT_ADDR and VAULT_TOKEN must name a running Vault or OpenBao and a token that may mount"
            + " engines there");
    return new Server(
        URI.create(address.orElseThrow()),
        token.orElseThrow(),
        variable("VAULT_CACERT").map(Path::of));
  }

  private static Optional<String> variable(String name) {
    return Optional.ofNullable(System.getenv(name)).filter(value -> !value.isBlank());
  }
}
