package dev.keyward.server.credential.vault;

import dev.keyward.redaction.Secret;
import dev.keyward.redaction.TouchesSecret;
import dev.keyward.server.config.TrustedAuthorities;
import dev.keyward.server.config.VaultSettings;
import io.github.jopenlibs.vault.EnvironmentLoader;
import io.github.jopenlibs.vault.Vault;
import io.github.jopenlibs.vault.VaultConfig;
import io.github.jopenlibs.vault.VaultException;
import io.github.jopenlibs.vault.api.Logical;
import io.github.jopenlibs.vault.json.JsonArray;
import io.github.jopenlibs.vault.json.JsonObject;
import io.github.jopenlibs.vault.rest.RestResponse;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/// The questions that the broker asks Vault, each by the API documentation's page that is named.
///
/// The driver stays in here, with what it would do otherwise: only its raw reads and writes on
/// engine version 1 are used, which change no path; every request goes through one client; the
/// environment is hidden from it; its own retries, TLS settings and exceptions' words are unused. A
/// status is always handed on, since the driver takes a 403 for an empty answer. Blocks; safe for
/// all threads.
final class VaultClient implements AutoCloseable {
  private static final Pattern PATH =
      Pattern.compile("(?!\\.+(?:/|\\z))[\\w.-]+(?:/(?!\\.+(?:/|\\z))[\\w.-]+)*");
  private static final String TELLTALE = "jdk.httpclient.HttpClient.log";
  private static final Set<String> TELLING = Set.of("all", "headers", "content");
  private static final int MOST_BYTES = 1 << 20;
  private static final int TRIES = 3;
  private static final long FIRST_PAUSE_MILLIS = 100;

  private final List<String> addresses;
  private final AtomicInteger preferred = new AtomicInteger();
  private final Optional<String> namespace;
  private final Duration patience;
  private final RandomGenerator random;
  private final HttpClient http;

  /// @throws IllegalArgumentException if a file of the settings is of no use, or the JDK's client
  ///   would write the token to its log
  VaultClient(VaultSettings settings, RandomGenerator random, Executor threads) {
    checkLog();
    this.addresses = settings.addresses().stream().map(URI::toString).toList();
    this.namespace = settings.namespace();
    this.patience = settings.requestTimeout();
    this.random = random;
    HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(settings.connectTimeout())
            .followRedirects(HttpClient.Redirect.NEVER)
            .proxy(HttpClient.Builder.NO_PROXY)
            .sslContext(TrustedAuthorities.of(settings.ca(), "vault.ca_file", shown(settings)))
            .executor(threads)
            .build();
    this.http = new BoundedHttpClient(client, patience, MOST_BYTES);
  }

  private static KeyManager[] shown(VaultSettings settings) {
    return settings
        .identity()
        .map(identity -> identity.keyManagers("vault"))
        .orElseGet(() -> new KeyManager[0]);
  }

  /// KV version 2, "Read secret version": the newest one.
  VaultAnswer readSecret(Secret token, String mount, String path) throws NoAnswer {
    return patiently(() -> read(token, mount + "/data/" + path));
  }

  /// KV version 1, "Read secret".
  VaultAnswer readSecretOfVersion1(Secret token, String mount, String path) throws NoAnswer {
    return patiently(() -> read(token, mount + "/" + path));
  }

  /// AppRole, "Login with AppRole".
  @TouchesSecret
  VaultAnswer loginAppRole(String mount, String roleId, Secret secretId) throws NoAnswer {
    return login(mount, secretId.use(text -> Map.of("role_id", roleId, "secret_id", text)));
  }

  /// JWT/OIDC, "JWT login", and Kubernetes, "Login", which have the same shape.
  @TouchesSecret
  VaultAnswer loginJwt(String mount, String role, Secret jwt) throws NoAnswer {
    return login(mount, jwt.use(text -> Map.of("role", role, "jwt", text)));
  }

  /// TLS certificates, "Login with TLS certificate method": the certificate is the connection's.
  VaultAnswer loginCertificate(String mount, Optional<String> role) throws NoAnswer {
    return login(
        mount, role.<Map<String, Object>>map(name -> Map.of("name", name)).orElse(Map.of()));
  }

  private VaultAnswer login(String mount, Map<String, Object> body) throws NoAnswer {
    String path = checked("auth/" + mount + "/login");
    return patiently(() -> answer(nobody().write(path, body).getRestResponse()));
  }

  /// `/sys/wrapping/lookup`, which needs no token of one's own and does not open what is wrapped.
  @TouchesSecret
  VaultAnswer lookUpWrapping(Secret wrapping) throws NoAnswer {
    Map<String, Object> body = wrapping.use(text -> Map.of("token", text));
    return patiently(() -> answer(nobody().write("sys/wrapping/lookup", body).getRestResponse()));
  }

  /// `/sys/wrapping/unwrap` with the wrapping token as the token, tried once: it works once.
  VaultAnswer unwrap(Secret wrapping) throws NoAnswer {
    return once(() -> write(wrapping, "sys/wrapping/unwrap"));
  }

  /// Token, "Lookup a token (Self)".
  VaultAnswer lookUpSelf(Secret token) throws NoAnswer {
    return patiently(() -> read(token, "auth/token/lookup-self"));
  }

  /// Token, "Renew a token (Self)", by as much as it was given at first.
  VaultAnswer renewSelf(Secret token) throws NoAnswer {
    return patiently(() -> write(token, "auth/token/renew-self"));
  }

  /// Token, "Revoke a token (Self)", tried once.
  VaultAnswer revokeSelf(Secret token) throws NoAnswer {
    return once(() -> write(token, "auth/token/revoke-self"));
  }

  /// Database, "Generate credentials". Each answer is another role, so a question that may have
  /// been heard is not asked again.
  VaultAnswer databaseCredentials(Secret token, String mount, String role) throws NoAnswer {
    return carefully(() -> read(token, mount + "/creds/" + role));
  }

  /// Token, "Create token", or against a role. Asked again only where it was not heard.
  VaultAnswer createToken(
      Secret token,
      List<String> policies,
      Optional<String> role,
      Duration life,
      Map<String, String> about)
      throws NoAnswer {
    var list = new JsonArray();
    policies.forEach(list::add);
    var meta = new JsonObject();
    about.forEach(meta::add);
    Map<String, Object> body =
        Map.of(
            "policies",
            list,
            "meta",
            meta,
            "display_name",
            "keyward",
            "ttl",
            life.toSeconds() + "s",
            "renewable",
            true);
    String path = "auth/token/create" + role.map(name -> "/" + name).orElse("");
    return carefully(() -> write(token, path, body));
  }

  /// `/sys/leases`, "Renew lease".
  @TouchesSecret
  VaultAnswer renewLease(Secret token, Secret lease, Duration by) throws NoAnswer {
    Map<String, Object> body = lease.use(id -> Map.of("lease_id", id, "increment", by.toSeconds()));
    return patiently(() -> write(token, "sys/leases/renew", body));
  }

  /// `/sys/leases`, "Revoke lease", answered once it is done.
  @TouchesSecret
  VaultAnswer revokeLease(Secret token, Secret lease) throws NoAnswer {
    Map<String, Object> body = lease.use(id -> Map.of("lease_id", id, "sync", true));
    return patiently(() -> write(token, "sys/leases/revoke", body));
  }

  /// `/sys/health`, tried once. It is answered outside of namespaces and needs no token.
  VaultAnswer health(URI address) throws NoAnswer {
    return once(() -> answer(driver("", address.toString()).debug().health().getRestResponse()));
  }

  @Override
  public void close() {
    http.shutdownNow();
  }

  private VaultAnswer read(Secret token, String path) throws VaultException {
    return answer(as(token).read(checked(path)).getRestResponse());
  }

  private VaultAnswer write(Secret token, String path) throws VaultException {
    return write(token, path, Map.of());
  }

  private VaultAnswer write(Secret token, String path, Map<String, Object> body)
      throws VaultException {
    return answer(as(token).write(checked(path), body).getRestResponse());
  }

  @TouchesSecret
  private Logical as(Secret token) throws VaultException {
    return in(driver(token.<String>use(text -> text), address()));
  }

  private Logical nobody() throws VaultException {
    return in(driver("", address()));
  }

  private Logical in(Vault vault) {
    Logical logical = vault.logical();
    namespace.ifPresent(logical::withNameSpace);
    return logical;
  }

  /// A new one each time: it costs nothing, and the driver's settings must not change while in use.
  private Vault driver(String token, String address) throws VaultException {
    var config =
        new VaultConfig()
            .environmentLoader(new NoEnvironment())
            .address(address)
            .token(token)
            .httpClient(http)
            .build();
    return Vault.create(config, 1);
  }

  private String address() {
    return addresses.get(Math.floorMod(preferred.get(), addresses.size()));
  }

  /// Asks again what may be answered a moment later, or by another node: at most twice, or once at
  /// each address, and only while there is time. Who has not answered is asked last from then on.
  private VaultAnswer patiently(Question question) throws NoAnswer {
    long begun = System.nanoTime();
    int tries = Math.max(TRIES, addresses.size());
    for (int attempt = 1; ; attempt++) {
      int asked = preferred.get();
      boolean last =
          attempt == tries || Duration.ofNanos(System.nanoTime() - begun).compareTo(patience) >= 0;
      try {
        VaultAnswer answer = once(question);
        if (!answer.passing()) {
          return answer;
        }
        preferred.compareAndSet(asked, asked + 1);
        if (last) {
          return answer;
        }
      } catch (NoAnswer e) {
        preferred.compareAndSet(asked, asked + 1);
        if (last || !e.passing()) {
          throw e;
        }
      }
      if (attempt % addresses.size() == 0) {
        pause(attempt / addresses.size());
      }
    }
  }

  /// Asks each address once, and goes on to the next only where nobody can have done what was
  /// asked: none was reached, or a node says that it serves nobody.
  private VaultAnswer carefully(Question question) throws NoAnswer {
    for (int attempt = 1; ; attempt++) {
      int asked = preferred.get();
      boolean last = attempt == addresses.size();
      try {
        VaultAnswer answer = once(question);
        if (last || !answer.unserved()) {
          return answer;
        }
      } catch (NoAnswer e) {
        if (last || !e.unheard()) {
          throw e;
        }
      }
      preferred.compareAndSet(asked, asked + 1);
    }
  }

  /// 100 and 300 milliseconds, give or take a half, so that brokers do not ask in step.
  private void pause(int attempt) throws NoAnswer {
    double millis = FIRST_PAUSE_MILLIS * Math.pow(3, attempt - 1) * (0.5 + random.nextDouble());
    try {
      Thread.sleep(Duration.ofMillis((long) millis));
    } catch (InterruptedException e) {
      throw NoAnswer.of(e);
    }
  }

  private static VaultAnswer once(Question question) throws NoAnswer {
    try {
      return question.ask();
    } catch (VaultException e) {
      if (e.getHttpStatusCode() != 0) {
        return new VaultAnswer(e.getHttpStatusCode(), JsonNodeFactory.instance.objectNode());
      }
      throw NoAnswer.of(e);
    }
  }

  private static VaultAnswer answer(RestResponse response) {
    return new VaultAnswer(response.getStatus(), json(response.getBody()));
  }

  private static JsonNode json(byte[] body) {
    try {
      JsonNode json = JsonMapper.shared().readTree(body);
      return json.isObject() ? json : JsonNodeFactory.instance.objectNode();
    } catch (JacksonException e) {
      return JsonNodeFactory.instance.objectNode();
    }
  }

  /// The driver sends any path as it is, `..` included.
  private static String checked(String path) {
    if (!PATH.matcher(path).matches()) {
      throw new IllegalArgumentException("a path at Vault must match " + PATH);
    }
    return path;
  }

  private static void checkLog() {
    String log = System.getProperty(TELLTALE, "");
    if (Arrays.stream(log.split("[,:]", -1)).map(String::strip).anyMatch(TELLING::contains)) {
      throw new IllegalArgumentException(
          "the system property "
              + TELLTALE
              + " must not name headers, content or all: the token would stand in the log");
    }
  }

  @FunctionalInterface
  private interface Question {
    VaultAnswer ask() throws VaultException;
  }

  /// Keeps the driver from `VAULT_TOKEN`, the other variables and `~/.vault-token`.
  @SuppressWarnings("serial") // never serialized
  private static final class NoEnvironment extends EnvironmentLoader {
    @Override
    public @Nullable String loadVariable(String name) {
      return null;
    }
  }
}
