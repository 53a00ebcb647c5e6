package dev.keyward.server.credential.vault;

import static dev.keyward.server.credential.vault.VaultContract.found;
import static dev.keyward.server.credential.vault.VaultContract.unavailable;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.catalog.CredentialRef;
import dev.keyward.redaction.Secret;
import dev.keyward.server.SettableClock;
import dev.keyward.server.TestAuthority;
import dev.keyward.server.config.ClientIdentity;
import dev.keyward.server.config.VaultSettings;
import dev.keyward.server.config.VaultSettings.Login;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
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

  @Test
  void aCertificateOfItsOwnLogsInWithoutAnyStoredSecret() throws Exception {
    try (var twin = mutual();
        var store = open(twin.address(), certificate(Optional.of("keyward")), shown())) {
      trust(twin, "keyward");

      assertEquals(Secret.of("canary-value-9sKd02Mx"), found(store.current(CRM)).value());
      var login = twin.journal("/v1/auth/cert/login").getFirst();
      assertEquals("{\"name\":\"keyward\"}", login.body());
      assertEquals(Optional.empty(), login.token().filter(token -> !token.isEmpty()));
    }
  }

  @Test
  void aCertificateThatNoRoleTrustsIsRefusedAndNotShownAgainForAMinute() throws Exception {
    try (var twin = mutual();
        var store = open(twin.address(), certificate(Optional.of("other")), shown())) {
      trust(twin, "keyward");

      assertEquals(
          "cannot be read: Vault refuses the login with the certificate (400); no role there trusts"
              + " it, or not for this name",
          unavailable(store.current(CRM)));
      clock.move(Duration.ofSeconds(10));
      unavailable(store.current(CRM));
      assertEquals(1, twin.journal("/v1/auth/cert/login").size());
    }
  }

  @Test
  void whoShowsNoCertificateIsNobody() throws Exception {
    try (var twin = mutual();
        var store = open(twin.address(), certificate(Optional.empty()), Optional.empty())) {
      trust(twin, "keyward");

      unavailable(store.current(CRM));
    }
  }

  @Test
  void aKeyThatOthersMayOpenOrThatIsNoneIsRefusedAtStart() throws Exception {
    var identity = new ClientIdentity(Mutual.MADE.client().certificate(), folder.resolve("key"));
    Files.copy(Mutual.MADE.client().key(), identity.key());
    URI address = URI.create("https://127.0.0.1:1");
    var own = certificate(Optional.empty());

    Files.setPosixFilePermissions(identity.key(), PosixFilePermissions.fromString("rw-r-----"));
    assertEquals(
        "vault.client_key_file " + identity.key() + " is open to others; close it with chmod 600",
        refusedAtStart(() -> open(address, own, Optional.of(identity))));

    Files.setPosixFilePermissions(identity.key(), PosixFilePermissions.fromString("rw-------"));
    Files.writeString(identity.key(), "canary-no-key");
    String none = refusedAtStart(() -> open(address, own, Optional.of(identity)));
    assertTrue(none.contains("must hold one private key in PKCS #8"));
    assertFalse(none.contains("canary"));
  }

  private static String refusedAtStart(Executable opening) {
    return String.valueOf(assertThrows(IllegalArgumentException.class, opening).getMessage());
  }

  private static Login certificate(Optional<String> role) {
    return new Login.Certificate("cert", role);
  }

  /// A server that asks for certificates, and one of its own authority. Making them takes seconds.
  private record Mutual(SSLContext server, String authority, ClientIdentity client) {
    static final Mutual MADE = make();

    private static Mutual make() {
      try {
        Path keys = Files.createTempDirectory("keyward-mutual");
        keys.toFile().deleteOnExit();
        var authority = new TestAuthority(keys);
        var client = new ClientIdentity(keys.resolve("client.pem"), keys.resolve("client.key"));
        authority.serverFor("dns:keyward", client.certificate(), client.key());
        return new Mutual(authority.serverThatAsks("ip:127.0.0.1"), authority.pem(), client);
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private VaultTwin mutual() {
    return new VaultTwin(clock, Mutual.MADE.server());
  }

  private static Optional<ClientIdentity> shown() {
    return Optional.of(Mutual.MADE.client());
  }

  private void trust(VaultTwin twin, String role) throws Exception {
    var admin = new VaultAdmin(twin.address(), VaultTwin.ROOT, Optional.of(ca()));
    admin.mount("kv");
    admin.write("kv", "crm", "token", "canary-value-9sKd02Mx");
    admin.policy("reader", "kv/data/");
    admin.certificate("cert", role, "reader", Mutual.MADE.authority());
  }

  private Path ca() throws Exception {
    return Files.writeString(folder.resolve("ca.pem"), Mutual.MADE.authority());
  }

  private VaultCredentials open(URI address, Login login, Optional<ClientIdentity> identity)
      throws Exception {
    return open(address, login, identity, Optional.of(ca()));
  }

  private VaultCredentials open(URI address, Optional<Path> ca) throws Exception {
    Files.writeString(folder.resolve("token"), VaultTwin.ROOT);
    var login = new Login.TokenFile(folder.resolve("token"));
    return open(address, login, Optional.empty(), ca);
  }

  private VaultCredentials open(
      URI address, Login login, Optional<ClientIdentity> identity, Optional<Path> ca) {
    var settings =
        new VaultSettings(
            List.of(address),
            Optional.empty(),
            Set.of(),
            login,
            identity,
            ca,
            Duration.ofSeconds(5),
            Duration.ofSeconds(5),
            Duration.ofSeconds(60));
    return VaultCredentials.open(settings, _ -> Optional.empty(), clock, new Random(7));
  }
}
