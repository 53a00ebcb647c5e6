package dev.keyward.server.credential.vault;

import static dev.keyward.server.credential.vault.VaultContract.found;
import static dev.keyward.server.credential.vault.VaultContract.unavailable;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.catalog.CredentialRef;
import dev.keyward.redaction.Secret;
import dev.keyward.server.SettableClock;
import dev.keyward.server.TestAuthority;
import dev.keyward.server.config.VaultSettings;
import dev.keyward.server.config.VaultSettings.Login;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Whom the broker shows its token.
@Timeout(60)
final class VaultTlsTest {
  private static final CredentialRef CRM = CredentialRef.parse("vault:kv/crm#token");
  private static final String NOT_TRUSTED =
      "cannot be read: no trusted TLS connection to Vault; is vault.ca_file the right one?";

  @TempDir Path folder;
  private final SettableClock clock = new SettableClock();
  private Path ours = Path.of("");
  private Path theirs = Path.of("");

  @BeforeEach
  void makeAuthorities() throws Exception {
    ours = Files.createDirectory(folder.resolve("ours"));
    theirs = Files.createDirectory(folder.resolve("theirs"));
  }

  @Test
  void anAuthorityOfTheOperatorsOwnIsTrusted() throws Exception {
    var authority = new TestAuthority(ours);
    // A bundle of two; ours is the second.
    Path ca =
        Files.writeString(
            folder.resolve("ca.pem"), new TestAuthority(theirs).pem() + authority.pem());
    try (var twin = new VaultTwin(clock, authority.serverFor("ip:127.0.0.1"));
        var store = open(twin.address(), Optional.of(ca))) {
      var admin = new VaultAdmin(twin.address(), VaultTwin.ROOT, Optional.of(ca));
      admin.mount("kv");
      admin.write("kv", "crm", "token", "canary-value-9sKd02Mx");

      assertEquals(Secret.of("canary-value-9sKd02Mx"), found(store.current(CRM)).value());
    }
  }

  @Test
  void anotherAuthorityIsNotShownTheToken() throws Exception {
    Path wrong = Files.writeString(folder.resolve("ca.pem"), new TestAuthority(theirs).pem());
    try (var twin = new VaultTwin(clock, new TestAuthority(ours).serverFor("ip:127.0.0.1"));
        var store = open(twin.address(), Optional.of(wrong));
        var jdks = open(twin.address(), Optional.empty())) {
      assertEquals(NOT_TRUSTED, unavailable(store.current(CRM)));
      assertEquals(NOT_TRUSTED, unavailable(jdks.current(CRM)));
      assertEquals(List.of(), twin.journal());
    }
  }

  @Test
  void aCertificateForAnotherNameIsNotShownTheToken() throws Exception {
    var authority = new TestAuthority(ours);
    Path ca = Files.writeString(folder.resolve("ca.pem"), authority.pem());
    try (var twin = new VaultTwin(clock, authority.serverFor("dns:vault.example.com"));
        var store = open(twin.address(), Optional.of(ca))) {
      assertEquals(NOT_TRUSTED, unavailable(store.current(CRM)));
      assertEquals(List.of(), twin.journal());
    }
  }

  @Test
  void aFileWithoutCertificatesIsRefusedAtStart() throws Exception {
    URI address = URI.create("https://127.0.0.1:1");
    Path none = folder.resolve("none.pem");
    Path text = Files.writeString(folder.resolve("text.pem"), "canary-not-a-certificate");

    var missing =
        assertThrows(IllegalArgumentException.class, () -> open(address, Optional.of(none)));
    var wrong =
        assertThrows(IllegalArgumentException.class, () -> open(address, Optional.of(text)));

    assertEquals("vault.ca_file " + none + " cannot be read", missing.getMessage());
    assertTrue(String.valueOf(wrong.getMessage()).endsWith("must hold PEM certificates"));
  }

  private VaultCredentials open(URI address, Optional<Path> ca) throws Exception {
    Files.writeString(folder.resolve("token"), VaultTwin.ROOT);
    var settings =
        new VaultSettings(
            List.of(address),
            Optional.empty(),
            Set.of(),
            new Login.TokenFile(folder.resolve("token")),
            ca,
            Duration.ofSeconds(5),
            Duration.ofSeconds(5),
            Duration.ofSeconds(60));
    return VaultCredentials.open(settings, _ -> Optional.empty(), clock, new Random(7));
  }
}
