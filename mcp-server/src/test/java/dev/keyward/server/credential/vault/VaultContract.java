package dev.keyward.server.credential.vault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.keyward.catalog.CredentialRef;
import dev.keyward.redaction.Secret;
import dev.keyward.redaction.TouchesSecret;
import dev.keyward.server.SettableClock;
import dev.keyward.server.config.VaultSettings;
import dev.keyward.server.config.VaultSettings.Login;
import dev.keyward.server.credential.HeldSecret;
import dev.keyward.server.credential.LeaseIssuer;
import dev.keyward.server.credential.LeaseIssuer.Leased;
import dev.keyward.server.credential.LeaseIssuer.NotLeased;
import dev.keyward.server.credential.Lookup;
import dev.keyward.server.credential.StoreFinding;
import dev.keyward.store.TestPostgres;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What the store relies on, whichever server stands behind it.
///
/// Each test makes mounts, a policy and a role under a name of its own and removes them again.
@Timeout(60)
abstract class VaultContract {
  private static final String FIRST = "canary-first-8Kd02MxQ";
  private static final String SECOND = "canary-second-1bTzLw4Y";

  @TempDir Path folder;
  private final SettableClock clock = new SettableClock();
  private final Random random = new Random();
  private final String mount = "keyward-test-" + HexFormat.of().toHexDigits(random.nextLong());
  private final CredentialRef crm = CredentialRef.parse("vault:" + mount + "/team/crm#token");
  private VaultAdmin admin;
  private Server server;
  private Optional<VaultCredentials> open = Optional.empty();

  /// A server to run against.
  record Server(URI address, String token, Optional<Path> ca) {}

  /// {@return the server; aborts the test where there is none}
  abstract Server server(SettableClock clock) throws Exception;

  /// Ends the server, if it is the test's own.
  void stop() {}

  VaultContract() {
    this.server = new Server(URI.create("http://127.0.0.1:1"), "", Optional.empty());
    this.admin = new VaultAdmin(server.address(), "", Optional.empty());
  }

  @BeforeEach
  void setUp() throws Exception {
    server = server(clock);
    admin = new VaultAdmin(server.address(), server.token(), server.ca());
    admin.mount(mount);
    admin.policy(mount, mount + "/data/team/");
    admin.write(mount, "team/crm", "token", FIRST);
  }

  @AfterEach
  void cleanUp() {
    open.ifPresent(VaultCredentials::close);
    for (String made : List.of("sys/mounts/", "sys/auth/", "sys/policies/acl/")) {
      if (!server.token().isEmpty()) {
        admin.ask("DELETE", made + mount, "");
        admin.ask("DELETE", made + mount + "-1", "");
      }
    }
    stop();
  }

  @Test
  void theNewestVersionIsReadAndItsNumberIsKnown() throws Exception {
    var store = withToken("\"ttl\":\"1h\"");

    HeldSecret first = found(store.current(crm));
    admin.write(mount, "team/crm", "token", SECOND);
    HeldSecret second = found(store.newest(crm));

    assertEquals(Secret.of(FIRST), first.value());
    assertEquals(1, first.version());
    assertEquals(Secret.of(SECOND), second.value());
    assertEquals(2, second.version());
    assertFalse(second.created().isBefore(first.created()));
  }

  @Test
  void aValueServesForItsTimeAndIsReadAgainThen() throws Exception {
    var store = withToken("\"ttl\":\"1h\"");
    store.current(crm);
    admin.write(mount, "team/crm", "token", SECOND);

    assertEquals(Secret.of(FIRST), found(store.current(crm)).value());
    clock.move(Duration.ofSeconds(61));
    assertEquals(Secret.of(SECOND), found(store.current(crm)).value());
  }

  @Test
  void aDeletedVersionIsGoneUntilItIsUndeleted() throws Exception {
    var store = withToken("\"ttl\":\"1h\"");
    admin.write(mount, "team/crm", "token", SECOND);

    admin.need("DELETE", mount + "/data/team/crm", "");
    assertEquals("is gone: version 2 of the secret is deleted", missing(store.current(crm)));

    admin.need("POST", mount + "/undelete/team/crm", "{\"versions\":[2]}");
    clock.move(Duration.ofSeconds(6));
    assertEquals(Secret.of(SECOND), found(store.current(crm)).value());
  }

  @Test
  void aDestroyedVersionIsGoneAndNoOlderOneStandsInForIt() throws Exception {
    var store = withToken("\"ttl\":\"1h\"");
    admin.write(mount, "team/crm", "token", SECOND);

    admin.need("PUT", mount + "/destroy/team/crm", "{\"versions\":[2]}");

    assertEquals("is gone: version 2 of the secret is destroyed", missing(store.current(crm)));
  }

  @Test
  void whatIsNotThereIsMissing() throws Exception {
    var store = withToken("\"ttl\":\"1h\"");

    assertTrue(missing(store.current(ref("team/none#token"))).startsWith("is not there"));
    assertTrue(missing(store.current(ref("team/crm#password"))).startsWith("has no text"));
    assertTrue(missing(store.current(ref("team/crm#Token"))).startsWith("has no text"));
    assertTrue(
        missing(store.current(CredentialRef.parse("vault:" + mount + "#token")))
            .startsWith("must name a mount"));
  }

  @Test
  void whatThePolicyDoesNotAllowIsMissingAndSaysSo() throws Exception {
    admin.write(mount, "others/pay", "token", SECOND);
    var store = withToken("\"ttl\":\"1h\"");

    assertTrue(missing(store.current(ref("others/pay#token"))).contains("403"));
    assertEquals(Secret.of(FIRST), found(store.current(crm)).value());
  }

  @Test
  void anAppRoleLogsInAndReads() throws Exception {
    var store = withAppRole("\"token_ttl\":3600");

    assertEquals(Secret.of(FIRST), found(store.current(crm)).value());
    assertEquals(2, store.held().size(), "its secret id and its token");
  }

  /// AppRole, "Generate new secret ID" with `X-Vault-Wrap-TTL`: "Response wrapping".
  @Test
  void anAppRoleUnwrapsItsSecretIdAndLogsIn() throws Exception {
    String roleId = admin.appRole(mount, "broker", mount, "\"token_ttl\":3600");
    String wrapping = admin.wrapping("POST", "auth/" + mount + "/role/broker/secret-id", "{}");
    Files.writeString(folder.resolve("wrapped"), wrapping + "\n");
    var store =
        open(new Login.WrappedAppRole(mount, roleId, folder.resolve("wrapped")), Optional.empty());

    assertEquals(Secret.of(FIRST), found(store.current(crm)).value());
    assertEquals(3, store.held().size(), "wrapping token, secret id and token");
    assertNotEquals(
        200,
        new VaultAdmin(server.address(), wrapping, server.ca())
            .ask("POST", "sys/wrapping/unwrap", "{}")
            .status(),
        "it opens once");
  }

  @Test
  void whatWrapsSomethingElseIsNotOpened() throws Exception {
    String roleId = admin.appRole(mount, "broker", mount, "\"token_ttl\":3600");
    String other = admin.wrapping("POST", "sys/wrapping/wrap", "{\"secret_id\":\"mine\"}");
    Files.writeString(folder.resolve("wrapped"), other);
    var store =
        open(new Login.WrappedAppRole(mount, roleId, folder.resolve("wrapped")), Optional.empty());

    assertTrue(unavailable(store.current(crm)).contains("wraps no secret id"));
    assertEquals(
        200,
        new VaultAdmin(server.address(), other, server.ca())
            .ask("POST", "sys/wrapping/unwrap", "{}")
            .status(),
        "it was left closed");
  }

  /// JWT/OIDC, "Configure", "Create/Update role", "JWT login", with keys of our own.
  @Test
  void aJwtOfATrustedSignerLogsInAndAnotherDoesNot() throws Exception {
    KeyPair trusted = p256();
    admin.jwt(mount, "broker", mount, pem(trusted.getPublic()));
    Path file = Files.writeString(folder.resolve("jwt"), jwt(p256().getPrivate()));
    var store = open(new Login.Jwt(mount, "broker", file), Optional.empty());

    assertTrue(unavailable(store.current(crm)).contains("refuses the login with a JWT"));
    Files.writeString(file, jwt(trusted.getPrivate()) + "\n");
    clock.move(Duration.ofSeconds(3));

    assertEquals(Secret.of(FIRST), found(store.current(crm)).value());
  }

  /// KV version 1, "Read secret".
  @Test
  void anEngineOfVersion1IsReadWhereTheSettingsSaySo() throws Exception {
    String old = mount + "-1";
    admin.need("POST", "sys/mounts/" + old, "{\"type\":\"kv\",\"options\":{\"version\":\"1\"}}");
    admin.need("POST", old + "/team/crm", "{\"token\":\"" + SECOND + "\"}");
    admin.policy(mount, old + "/team/");
    var store = withToken("\"ttl\":\"1h\"");

    assertEquals(Secret.of(SECOND), found(store.current(of(old, "team/crm#token"))).value());
    assertTrue(missing(store.current(of(old, "team/none#token"))).startsWith("is not there"));
    assertTrue(missing(store.current(of(old, "team/crm#other"))).startsWith("has no text"));
    assertTrue(missing(store.current(of(old, "others/pay#token"))).contains("403"));
  }

  @Test
  void aRevokedTokenIsReplacedByAnotherLogin() throws Exception {
    var store = withAppRole("\"token_ttl\":3600");
    store.current(crm);
    admin.revoke(text(store.held().stream().toList().getLast()));

    assertEquals(Secret.of(FIRST), found(store.newest(crm)).value());
    assertEquals(3, store.held().size(), "the old token stays known");
  }

  @Test
  void aWrongSecretIdOpensNothing() throws Exception {
    var store = withAppRole("\"token_ttl\":3600");
    Files.writeString(folder.resolve("secret-id"), "wrong-canary-77af");

    String why = unavailable(store.current(crm));

    assertTrue(why.contains("refuses the login"), why);
    assertFalse(why.contains("canary"), why);
  }

  @Test
  void aTokenFileIsReadAgainWhenItsTokenNoLongerWorks() throws Exception {
    var store = withToken("\"ttl\":\"1h\"");
    store.current(crm);
    admin.revoke(Files.readString(folder.resolve("token")).strip());

    assertTrue(unavailable(store.newest(crm)).contains("refuses the token (403)"));
    Files.writeString(folder.resolve("token"), admin.token(mount, "\"ttl\":\"1h\"") + "\n");
    clock.move(Duration.ofSeconds(3));

    assertEquals(Secret.of(FIRST), found(store.newest(crm)).value());
  }

  @Test
  void aTokenIsRenewedBeforeItEnds() throws Exception {
    var store = withToken("\"ttl\":\"1h\"");
    store.current(crm);
    String token = Files.readString(folder.resolve("token")).strip();
    assertTrue(admin.lookUp(token).body().at("/data/last_renewal_time").isMissingNode());

    clock.move(Duration.ofMinutes(45));
    tendUntil(store, () -> admin.lookUp(token).body().at("/data/last_renewal_time").isNumber());

    clock.move(Duration.ofMinutes(40));
    assertEquals(Secret.of(FIRST), found(store.newest(crm)).value());
  }

  @Test
  void aLoginsTokenIsRevokedWhenTheStoreCloses() throws Exception {
    var store = withAppRole("\"token_ttl\":3600");
    store.current(crm);
    String token = text(store.held().stream().toList().getLast());
    assertEquals(200, admin.lookUp(token).status());

    store.close();

    assertNotEquals(200, admin.lookUp(token).status());
  }

  @Test
  void aGivenTokenIsNotRevokedWhenTheStoreCloses() throws Exception {
    var store = withToken("\"ttl\":\"1h\"");
    store.current(crm);

    store.close();

    String token = Files.readString(folder.resolve("token")).strip();
    assertEquals(200, admin.lookUp(token).status());
  }

  @Test
  void theExaminationFindsAnOpenVaultAndARenewableToken() throws Exception {
    var store = withAppRole("\"token_ttl\":3600");
    Files.setPosixFilePermissions(
        folder.resolve("secret-id"), PosixFilePermissions.fromString("rw-------"));

    List<StoreFinding> findings = store.examine();

    assertEquals(
        List.of(StoreFinding.Level.OK, StoreFinding.Level.OK),
        findings.stream().map(StoreFinding::level).toList(),
        findings.toString());
    assertTrue(findings.getFirst().detail().startsWith("answers and is unsealed"));
    assertTrue(findings.getLast().detail().endsWith("can be renewed"));
  }

  @Test
  void aDatabaseLoginLivesOnIsDroppedWithTheTokenOfItsRunAndNobodyElses() throws Exception {
    TestPostgres postgres = TestPostgres.shared();
    postgres.demandPasswords();
    String at = "127.0.0.1:" + postgres.port() + "/" + postgres.database().address().database();
    String engine = mount + "-1";
    admin.database(engine, at, 600, 3600);
    admin.rules(
        mount,
        "path \"%s/creds/reader\" { capabilities = [\"read\"] }\n".formatted(engine)
            + "path \"auth/token/create\" { capabilities = [\"update\"] }\n"
            + "path \"sys/leases/revoke\" { capabilities = [\"update\"] }");
    LeaseIssuer vault = withToken("\"ttl\":\"1h\"").leases();

    Leased token =
        vault.token(
            List.of(mount), Optional.empty(), Duration.ofMinutes(30), Map.of("run", "run_1"));
    Leased hanging = vault.database(Optional.of(token.value()), engine, "reader");
    Leased direct = vault.database(Optional.empty(), engine, "reader");

    assertEquals(Duration.ofMinutes(10), hanging.life());
    assertTrue(hanging.renewable() && token.renewable());
    Duration longer =
        vault.prolongDatabase(Optional.of(token.value()), hanging.lease(), Duration.ofMinutes(15));
    assertTrue(longer.compareTo(Duration.ofMinutes(14)) > 0, longer.toString());
    assertTrue(opens(at, hanging) && opens(at, direct));

    vault.revokeToken(token.value());
    assertFalse(vault.lives(token.value()));
    until(() -> !opens(at, hanging)); // Vault may do it a moment later
    assertTrue(opens(at, direct));
    vault.revokeToken(token.value());
    vault.revokeDatabase(direct.lease());
    assertFalse(opens(at, direct));
    vault.revokeDatabase(direct.lease());
    assertThrows(
        NotLeased.class,
        () -> vault.prolongDatabase(Optional.empty(), direct.lease(), Duration.ofMinutes(1)));
    assertThrows(NotLeased.class, () -> vault.database(Optional.empty(), engine, "nobody"));
  }

  private static void until(BooleanSupplier condition) {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, "not within 30 s");
    }
  }

  @TouchesSecret
  private static boolean opens(String at, Leased login) {
    String[] parts = login.value().<String>use(text -> text).split(":", 2);
    try {
      DriverManager.getConnection("jdbc:postgresql://" + at, parts[0], parts[1]).close();
      return true;
    } catch (SQLException e) {
      return false;
    }
  }

  @Test
  void aNamespaceHasSecretsOfItsOwn() throws Exception {
    int made = admin.ask("POST", "sys/namespaces/" + mount, "{}").status();
    assumeTrue(made < 300, "this server has no namespaces (Vault Enterprise and OpenBao have)");
    try {
      VaultAdmin inner = admin.in(mount);
      inner.mount(mount);
      inner.policy(mount, mount + "/data/team/");
      inner.write(mount, "team/crm", "token", SECOND);
      Files.writeString(folder.resolve("token"), inner.token(mount, "\"ttl\":\"1h\""));
      var store = open(new Login.TokenFile(folder.resolve("token")), Optional.of(mount));

      assertEquals(Secret.of(SECOND), found(store.current(crm)).value());
      assertEquals(StoreFinding.Level.OK, store.examine().getFirst().level());
      store.close();
      inner.ask("DELETE", "sys/mounts/" + mount, "");
    } finally {
      admin.ask("DELETE", "sys/namespaces/" + mount, "");
    }
  }

  private VaultCredentials withToken(String life) throws Exception {
    Files.writeString(folder.resolve("token"), admin.token(mount, life) + "\n");
    return open(new Login.TokenFile(folder.resolve("token")), Optional.empty());
  }

  private VaultCredentials withAppRole(String settings) throws Exception {
    String roleId = admin.appRole(mount, "broker", mount, settings);
    Files.writeString(folder.resolve("secret-id"), admin.secretId(mount, "broker") + "\n");
    return open(new Login.AppRole(mount, roleId, folder.resolve("secret-id")), Optional.empty());
  }

  private VaultCredentials open(Login login, Optional<String> namespace) {
    var settings =
        new VaultSettings(
            List.of(server.address()),
            namespace,
            Set.of(mount + "-1"),
            login,
            Optional.empty(),
            server.ca(),
            Duration.ofSeconds(5),
            Duration.ofSeconds(10),
            Duration.ofSeconds(60));
    var store = VaultCredentials.open(settings, _ -> Optional.empty(), clock, random);
    open = Optional.of(store);
    return store;
  }

  private static CredentialRef of(String engine, String rest) {
    return CredentialRef.parse("vault:" + engine + "/" + rest);
  }

  private static KeyPair p256() throws Exception {
    var keys = KeyPairGenerator.getInstance("EC");
    keys.initialize(new ECGenParameterSpec("secp256r1"));
    return keys.generateKeyPair();
  }

  private static String pem(PublicKey key) {
    return "-----BEGIN PUBLIC KEY-----\\n"
        + Base64.getEncoder().encodeToString(key.getEncoded())
        + "\\n-----END PUBLIC KEY-----";
  }

  /// By the real clock, which a server's is.
  private static String jwt(PrivateKey key) throws Exception {
    long now = Instant.now().getEpochSecond();
    String claims =
        "{\"iss\":\"us\",\"sub\":\"broker\",\"aud\":\"keyward\",\"iat\":%d,\"exp\":%d}"
            .formatted(now, now + 300);
    String text = part("{\"alg\":\"ES256\",\"typ\":\"JWT\"}") + "." + part(claims);
    var signature = Signature.getInstance("SHA256withECDSAinP1363Format");
    signature.initSign(key);
    signature.update(text.getBytes(StandardCharsets.US_ASCII));
    return text + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature.sign());
  }

  private static String part(String json) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }

  private CredentialRef ref(String rest) {
    return CredentialRef.parse("vault:" + mount + "/" + rest);
  }

  /// The store tends its token on a thread of its own.
  private static void tendUntil(VaultCredentials store, BooleanSupplier done) {
    while (!done.getAsBoolean()) {
      store.tend();
      Thread.onSpinWait();
    }
  }

  static HeldSecret found(Lookup lookup) {
    return assertInstanceOf(Lookup.Found.class, lookup).secret();
  }

  static String missing(Lookup lookup) {
    return assertInstanceOf(Lookup.Missing.class, lookup).why();
  }

  static String unavailable(Lookup lookup) {
    return assertInstanceOf(Lookup.Unavailable.class, lookup).why();
  }

  @TouchesSecret
  private static String text(Secret secret) {
    return secret.<String>use(text -> text);
  }
}
