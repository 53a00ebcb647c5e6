package dev.keyward.server.credential.vault;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.keyward.server.credential.vault.TwinState.Namespace;
import dev.keyward.server.credential.vault.TwinState.Role;
import dev.keyward.server.credential.vault.TwinState.Token;
import dev.keyward.server.credential.vault.TwinState.Version;
import dev.keyward.store.TestPorts;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// A Vault in this process: a real HTTP server with the state that the broker's questions depend
/// on.
///
/// It does what the API documentation of Vault and OpenBao says (pages "KV version 2", "AppRole",
/// "Token", "/sys/health", "/sys/mounts", "/sys/auth", "/sys/policies", "/sys/namespaces", and the
/// introduction for statuses and the shape of errors); where the documentation is silent the fact's
/// source stands beside it. [VaultContract] runs on it and on a real server alike. Beside that it
/// can be sealed, go down, and answer whatever a test wants.
public final class VaultTwin implements AutoCloseable {
  /// The token that may do everything.
  public static final String ROOT = TwinState.ROOT;

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final String DENIED = "permission denied";

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Seen> journal = new CopyOnWriteArrayList<>();
  private final Queue<Script> scripts = new ConcurrentLinkedQueue<>();
  private final Optional<SSLContext> tls;
  private final TwinState state;
  private final int port;
  private volatile Consumer<Seen> onRequest = _ -> {};
  private volatile boolean sealed;
  private volatile boolean renewable = true;
  private HttpServer server;
  private Socket down = new Socket(); // keeps the port where it does

  /// One request as it came.
  ///
  /// @param client the port that it came from: another one is another connection
  /// @param certificate what the client has shown of itself
  public record Seen(
      String method,
      String path,
      Optional<String> token,
      Optional<String> namespace,
      Optional<String> marked,
      Optional<String> wrapTtl,
      String body,
      int client,
      Optional<X509Certificate> certificate) {}

  /// An answer in place of the twin's own.
  @FunctionalInterface
  public interface Script {
    /// Answers, or does not.
    void answer(HttpExchange exchange) throws IOException;
  }

  private record Reply(int status, JsonNode body) {}

  /// Listens on a free port of this machine, without TLS.
  public VaultTwin(InstantSource clock) {
    this(clock, Optional.empty());
  }

  /// Listens with TLS.
  public VaultTwin(InstantSource clock, SSLContext tls) {
    this(clock, Optional.of(tls));
  }

  private VaultTwin(InstantSource clock, Optional<SSLContext> tls) {
    this.tls = tls;
    this.state = new TwinState(clock);
    this.server = listen(0);
    this.port = server.getAddress().getPort();
  }

  /// {@return where it listens}
  public URI address() {
    return URI.create((tls.isPresent() ? "https" : "http") + "://127.0.0.1:" + port);
  }

  /// {@return every request so far}
  public List<Seen> journal() {
    return List.copyOf(journal);
  }

  /// {@return the requests for this path}
  public List<Seen> journal(String path) {
    return journal.stream().filter(seen -> seen.path().equals(path)).toList();
  }

  /// Looks at each request before it is answered.
  public void onRequest(Consumer<Seen> look) {
    onRequest = look;
  }

  /// The next request is answered so; several are taken in turn.
  public void next(Script script) {
    scripts.add(script);
  }

  /// From now on it answers by itself again.
  public void noMore() {
    scripts.clear();
  }

  /// {@return an answer of this status and body}
  public static Script of(int status, String body) {
    return exchange -> send(exchange, status, body);
  }

  /// Seals or unseals it.
  public void seal(boolean shut) {
    sealed = shut;
  }

  /// From now on no lease of a database can be renewed, or each can.
  public void renews(boolean all) {
    renewable = all;
  }

  /// Nobody listens any more; the port stays known.
  public void goDown() {
    server.stop(0);
    down = TestPorts.keep(port);
  }

  /// Listens again at the same port, with all that was stored.
  public void comeBack() {
    server = listen(port);
    TestPorts.letGo(down);
  }

  @Override
  public void close() {
    server.stop(0);
    TestPorts.letGo(down);
    threads.shutdownNow();
  }

  private HttpServer listen(int wanted) {
    try {
      var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), wanted);
      HttpServer listening;
      if (tls.isPresent()) {
        HttpsServer secure = HttpsServer.create(address, 0);
        secure.setHttpsConfigurator(asking(tls.get()));
        listening = secure;
      } else {
        listening = HttpServer.create(address, 0);
      }
      listening.setExecutor(threads);
      listening.createContext("/", this::serve);
      listening.start();
      return listening;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Whoever has a certificate may show it; "TLS certificates" says that Vault asks for one.
  private static HttpsConfigurator asking(SSLContext tls) {
    return new HttpsConfigurator(tls) {
      @Override
      public void configure(HttpsParameters parameters) {
        SSLParameters asking = getSSLContext().getDefaultSSLParameters();
        asking.setWantClientAuth(true);
        parameters.setSSLParameters(asking);
      }
    };
  }

  private static Optional<X509Certificate> shown(HttpExchange exchange) {
    try {
      return exchange instanceof HttpsExchange secure
              && secure.getSSLSession().getPeerCertificates()[0] instanceof X509Certificate shown
          ? Optional.of(shown)
          : Optional.empty();
    } catch (SSLPeerUnverifiedException e) {
      return Optional.empty();
    }
  }

  private void serve(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    var seen =
        new Seen(
            exchange.getRequestMethod(),
            exchange.getRequestURI().toString(),
            header(exchange, "X-Vault-Token"),
            header(exchange, "X-Vault-Namespace"),
            header(exchange, "X-Vault-Request"),
            header(exchange, "X-Vault-Wrap-TTL"),
            body,
            exchange.getRemoteAddress().getPort(),
            shown(exchange));
    journal.add(seen);
    onRequest.accept(seen);
    Script script = scripts.poll();
    if (script != null) {
      script.answer(exchange);
      return;
    }
    Reply reply;
    synchronized (state) {
      state.pass();
      reply = answer(seen);
    }
    send(exchange, reply.status(), reply.status() == 204 ? "" : reply.body().toString());
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private static Optional<String> header(HttpExchange exchange, String name) {
    return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name));
  }

  private Reply answer(Seen seen) {
    String path = seen.path().replaceFirst("^/v1/", "");
    if (path.equals("sys/health")) {
      return seen.namespace().isPresent() ? error(404, "unsupported path") : health();
    }
    if (sealed) {
      return error(503, "Vault is sealed");
    }
    String name = seen.namespace().map(given -> given.replaceFirst("/$", "")).orElse("");
    Namespace namespace = state.namespaces.get(name);
    if (namespace == null) {
      return error(404, "no handler for route \"" + path + "\". route entry not found.");
    }
    JsonNode body = seen.body().isEmpty() ? JSON.objectNode() : read(seen.body());
    if (path.equals("sys/wrapping/lookup")) {
      return wrapping(body.path("token").asString(""), false);
    }
    if (path.equals("sys/wrapping/unwrap")) {
      return wrapping(seen.token().orElse(""), true);
    }
    if (seen.method().equals("POST") && path.matches("auth/.+/login")) {
      String mount = path.substring("auth/".length(), path.lastIndexOf('/'));
      return namespace.certificates.containsKey(mount)
          ? loginCertificate(name, namespace.certificates.get(mount), seen, body)
          : login(name, namespace, mount, body);
    }
    Optional<Token> token = seen.token().flatMap(value -> state.live(value, name));
    // One body for "no such token" and "not allowed": http/handler.go, respondErrorCommon.
    if (token.isEmpty() || !state.may(token.get(), capability(seen.method()), path)) {
      return error(403, DENIED);
    }
    Reply reply = authorized(seen, path, body, name, namespace, token.get());
    return seen.wrapTtl().isPresent() && reply.status() == 200
        ? wrapped(path, reply, seconds(seen.wrapTtl().get()))
        : reply;
  }

  /// "Response wrapping": the answer waits under a token that opens it once.
  private Reply wrapped(String path, Reply reply, long ttl) {
    String token = "hvs.wrap-" + state.unguessable();
    state.wrapped.put(
        token, new TwinState.Wrapped(path, reply.body(), state.now().plusSeconds(ttl)));
    ObjectNode info = JSON.objectNode().put("token", token).put("accessor", "wrap-twin");
    info.put("ttl", ttl).put("creation_time", state.now().toString());
    info.put("creation_path", path);
    return new Reply(200, envelope().set("wrap_info", info));
  }

  /// "/sys/wrapping/lookup", which needs no token (vault/logical_system.go, `Unauthenticated`), and
  /// "/sys/wrapping/unwrap". That a token which is used or over is a 400 is in
  /// vault/logical_system.go, `handleWrappingUnwrap` and `handleWrappingLookup`.
  private Reply wrapping(String token, boolean open) {
    Optional<TwinState.Wrapped> found =
        Optional.ofNullable(state.wrapped.get(token))
            .filter(wrapped -> state.now().isBefore(wrapped.until()));
    if (found.isEmpty()) {
      return error(400, "wrapping token is not valid or does not exist");
    }
    if (open) {
      state.wrapped.remove(token);
      return new Reply(200, found.get().answer());
    }
    return data(
        JSON.objectNode()
            .put("creation_path", found.get().creationPath())
            .put("creation_time", state.now().toString())
            .put("creation_ttl", 300));
  }

  private Reply authorized(
      Seen seen, String path, JsonNode body, String name, Namespace namespace, Token token) {
    if (path.equals("sys/wrapping/wrap")) {
      return data(body); // "/sys/wrapping/wrap": the caller asks for the wrapping by the header
    }
    if (path.startsWith("auth/token/")) {
      return tokens(path, body, name, seen.token().orElseThrow(), token);
    }
    if (path.startsWith("sys/leases/")) {
      return leases(path.substring("sys/leases/".length()), body);
    }
    if (path.startsWith("sys/")) {
      return system(seen.method(), path, body, name, namespace);
    }
    String method = path.replaceFirst("^auth/", "").replaceFirst("/(config|role/.*|certs/.*)$", "");
    if (path.startsWith("auth/") && namespace.certificates.containsKey(method)) {
      Objects.requireNonNull(namespace.certificates.get(method))
          .put(path.substring(("auth/" + method + "/").length()), body);
      return done();
    }
    if (path.startsWith("auth/") && namespace.jwt.containsKey(method)) {
      Objects.requireNonNull(namespace.jwt.get(method))
          .put(path.substring(("auth/" + method + "/").length()), body);
      return done();
    }
    if (path.startsWith("auth/")) {
      return appRole(seen.method(), path, body, namespace);
    }
    for (var engine : namespace.databases.entrySet()) {
      if (path.startsWith(engine.getKey() + "/")) {
        String what = path.substring(engine.getKey().length() + 1);
        return database(seen, engine.getKey(), what, body, engine.getValue());
      }
    }
    return engine(seen.method(), path, body, namespace);
  }

  /// "Database": "Configure connection", "Create role", "Generate credentials". That an unknown
  /// role is a 400 is in builtin/logical/database/path_creds_create.go.
  private Reply database(
      Seen seen, String mount, String what, JsonNode body, TwinDatabases engine) {
    if (!what.startsWith("creds/")) {
      engine.put(what, body);
      return done();
    }
    String role = what.substring("creds/".length());
    if (!engine.has(role)) {
      return error(400, "unknown role: " + role);
    }
    String user = "v-twin-" + role + "-" + UUID.randomUUID();
    String password = "A1a-" + UUID.randomUUID();
    try {
      engine.create(role, user, password);
    } catch (SQLException e) {
      return error(500, "1 error occurred: " + e.getMessage() + " " + password);
    }
    String id = mount + "/creds/" + role + "/" + state.unguessable();
    var lease = new TwinState.Lease(seen.token().orElseThrow(), engine, role, user, state.now());
    state.leases.put(id, lease);
    ObjectNode answer = envelope().put("lease_id", id).put("renewable", renewable);
    answer.put("lease_duration", engine.ttl(role));
    answer.set("data", JSON.objectNode().put("username", user).put("password", password));
    return new Reply(200, answer);
  }

  /// "/sys/leases": what cannot be renewed is a 400, vault/expiration.go, `renewable`; nobody gets
  /// more than the role's `max_ttl`.
  private Reply leases(String what, JsonNode body) {
    String id = body.path("lease_id").asString("");
    if (what.equals("revoke")) {
      state.endLease(id);
      return done();
    }
    TwinState.Lease lease = state.leases.get(id);
    if (lease == null || !renewable) {
      return error(400, "lease not found or lease is not renewable");
    }
    Instant last = lease.made.plusSeconds(lease.engine.maxTtl(lease.role));
    Instant wanted = state.now().plusSeconds(body.path("increment").asLong(0));
    lease.end = wanted.isBefore(last) ? wanted : last;
    ObjectNode answer = envelope().put("lease_id", id).put("renewable", true);
    answer.put("lease_duration", Duration.between(state.now(), lease.end).toSeconds());
    return new Reply(200, answer);
  }

  /// `/sys/health`: 200 active, 503 sealed.
  private Reply health() {
    ObjectNode health = JSON.objectNode().put("initialized", true).put("sealed", sealed);
    health.put("standby", false).put("performance_standby", false);
    health.put("replication_performance_mode", "disabled");
    health.put("replication_dr_mode", "disabled");
    health.put("server_time_utc", state.now().getEpochSecond()).put("version", "2.6.2");
    health.put("cluster_name", "vault-cluster-twin").put("cluster_id", "00af5aa8-twin");
    return new Reply(sealed ? 503 : 200, health);
  }

  /// AppRole, "Login with AppRole". That a wrong secret id is a 400, and that its text can come
  /// back in the error, is in builtin/credential/approle/path_login.go, `pathLoginUpdate`.
  private Reply login(String name, Namespace namespace, String mount, JsonNode body) {
    Map<String, JsonNode> jwt = namespace.jwt.get(mount);
    if (jwt != null) {
      return loginJwt(name, jwt, body);
    }
    Map<String, Role> roles = namespace.appRoles.get(mount);
    if (roles == null) {
      return error(403, DENIED);
    }
    Optional<Role> role =
        roles.values().stream()
            .filter(one -> one.id.equals(body.path("role_id").asString("")))
            .findFirst();
    String secretId = body.path("secret_id").asString("");
    int uses = role.map(one -> one.secretIds.getOrDefault(secretId, 0)).orElse(0);
    if (uses == 0) {
      return error(400, "invalid secret_id \"" + secretId + "\"");
    }
    role.get().secretIds.put(secretId, uses < 0 ? uses : uses - 1);
    JsonNode settings = role.get().settings;
    Set<String> policies = words(settings.path("token_policies"));
    long ttl = settings.path("token_ttl").asLong(2_764_800);
    boolean renewable = !settings.path("token_type").asString("").equals("batch");
    String made =
        state.issue(name, policies, ttl, settings.path("token_max_ttl").asLong(0), renewable);
    return issued(made);
  }

  /// JWT/OIDC, "JWT login": the signature by `jwt_validation_pubkeys`, and `bound_audiences`. That
  /// a refusal is a 400 is in hashicorp/vault-plugin-auth-jwt, path_login.go, `pathLogin`.
  private Reply loginJwt(String name, Map<String, JsonNode> jwt, JsonNode body) {
    JsonNode role = jwt.get("role/" + body.path("role").asString(""));
    String pem = jwt.getOrDefault("config", body).at("/jwt_validation_pubkeys/0").asString("");
    Optional<JsonNode> claims = TwinJwt.claims(body.path("jwt").asString(""), pem);
    if (role == null
        || claims.isEmpty()
        || !role.at("/bound_audiences/0").equals(claims.get().path("aud"))) {
      return error(400, "error validating token");
    }
    long ttl = role.path("token_ttl").asLong(2_764_800);
    return issued(state.issue(name, words(role.path("token_policies")), ttl, 0, true));
  }

  /// TLS certificates, "Login with TLS certificate method": by the role named, or any. That a
  /// refusal is a 400 is in builtin/credential/cert/path_login.go, `pathLogin`; a role's name is
  /// kept in lower case.
  private Reply loginCertificate(
      String name, Map<String, JsonNode> roles, Seen seen, JsonNode body) {
    String wanted = body.path("name").asString("");
    for (var role : roles.entrySet()) {
      boolean named = wanted.isEmpty() || role.getKey().equals("certs/" + wanted);
      String authority = role.getValue().path("certificate").asString("");
      if (named && seen.certificate().filter(shown -> signed(authority, shown)).isPresent()) {
        Set<String> policies = words(role.getValue().path("token_policies"));
        long ttl = role.getValue().path("token_ttl").asLong(2_764_800);
        return issued(state.issue(name, policies, ttl, 0, true));
      }
    }
    return error(400, "invalid certificate or no client certificate supplied");
  }

  private static boolean signed(String authority, X509Certificate shown) {
    try {
      var in = new ByteArrayInputStream(authority.getBytes(StandardCharsets.US_ASCII));
      shown.verify(CertificateFactory.getInstance("X.509").generateCertificate(in).getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /// The pages of the Token method.
  private Reply tokens(String path, JsonNode body, String name, String value, Token token) {
    return switch (path.substring("auth/token/".length())) {
      case "create" -> {
        long ttl = seconds(body.path("ttl").asString("768h"));
        long max = seconds(body.path("explicit_max_ttl").asString("0s"));
        boolean renewable = body.path("renewable").asBoolean(true);
        Set<String> policies = words(body.path("policies"));
        if (!token.policies.contains("root") && !token.policies.containsAll(policies)) {
          // vault/token_store.go, handleCreateCommon
          yield error(400, "child policies must be subset of parent");
        }
        String made = state.issue(name, policies, ttl, max, renewable);
        Objects.requireNonNull(state.tokens.get(made)).parent = value;
        yield issued(made);
      }
      case "lookup-self" -> lookedUp(value, token);
      case "lookup" ->
          // A token that is not there is a 403: vault/token_store.go, handleLookup, "bad token".
          state
              .live(body.path("token").asString(""), name)
              .map(found -> lookedUp(body.path("token").asString(""), found))
              .orElseGet(() -> error(403, "bad token"));
      case "renew-self" -> {
        if (!token.renewable) {
          // vault/expiration.go, RenewToken
          yield error(400, "lease is not renewable");
        }
        token.start = state.now();
        token.renewed = Optional.of(state.now());
        yield issued(value);
      }
      case "revoke-self" -> {
        state.end(value);
        yield done();
      }
      case "revoke" -> {
        state.end(body.path("token").asString(""));
        yield done();
      }
      default -> error(404, "unsupported path");
    };
  }

  private Reply lookedUp(String value, Token token) {
    ObjectNode data = JSON.objectNode().put("accessor", "8609694a-twin");
    data.put("creation_time", token.made.getEpochSecond()).put("creation_ttl", token.ttl);
    data.put("display_name", "twin").put("entity_id", "");
    if (token.ttl == 0) {
      data.putNull("expire_time");
    } else {
      data.put("expire_time", state.now().plusSeconds(token.left(state.now())).toString());
    }
    data.put("explicit_max_ttl", token.max).put("id", value).put("num_uses", 0);
    // LookupResponse.java of the driver reads it; token_store.go sets it after the first renewal.
    token.renewed.ifPresent(at -> data.put("last_renewal_time", at.getEpochSecond()));
    token.policies.forEach(data.withArray("policies")::add);
    data.put("orphan", false).put("path", "auth/token/create");
    data.put("renewable", token.renewable).put("ttl", token.left(state.now()));
    return new Reply(200, envelope().set("data", data));
  }

  private Reply issued(String value) {
    Token token = Objects.requireNonNull(state.tokens.get(value));
    ObjectNode auth = JSON.objectNode().put("client_token", value).put("accessor", "B6oix-twin");
    token.policies.forEach(auth.withArray("policies")::add);
    token.policies.forEach(auth.withArray("token_policies")::add);
    auth.putNull("metadata");
    auth.put("lease_duration", token.left(state.now())).put("renewable", token.renewable);
    auth.put("entity_id", "").put("token_type", "service").put("orphan", true).put("num_uses", 0);
    return new Reply(200, envelope().set("auth", auth));
  }

  private Reply system(
      String method, String path, JsonNode body, String name, Namespace namespace) {
    boolean remove = method.equals("DELETE");
    if (path.startsWith("sys/mounts/")) {
      String at = path.substring("sys/mounts/".length());
      if (body.path("type").asString("").equals("database")) {
        namespace.databases.put(at, new TwinDatabases());
        return done();
      }
      if (remove && namespace.databases.remove(at) != null) {
        return done();
      }
      boolean first = body.at("/options/version").asString("").equals("1");
      return first || namespace.enginesOfVersion1.containsKey(at)
          ? mount(namespace.enginesOfVersion1, at, remove)
          : mount(namespace.engines, at, remove);
    }
    if (path.startsWith("sys/auth/")) {
      String at = path.substring("sys/auth/".length());
      if (body.path("type").asString("").equals("cert") || namespace.certificates.containsKey(at)) {
        return mount(namespace.certificates, at, remove);
      }
      return body.path("type").asString("").equals("jwt") || namespace.jwt.containsKey(at)
          ? mount(namespace.jwt, at, remove)
          : mount(namespace.appRoles, at, remove);
    }
    if (path.startsWith("sys/policies/acl/")) {
      String policy = path.substring("sys/policies/acl/".length());
      namespace.policies.put(policy, remove ? "" : body.path("policy").asString(""));
      return done();
    }
    if (path.startsWith("sys/namespaces/")) {
      String inner = name.isEmpty() ? "" : name + "/";
      String made = inner + path.substring("sys/namespaces/".length());
      if (remove) {
        state.namespaces.remove(made);
        return done();
      }
      state.namespaces.put(made, new Namespace());
      return new Reply(200, envelope().set("data", JSON.objectNode().put("path", made + "/")));
    }
    return error(404, "unsupported path");
  }

  private static <T> Reply mount(Map<String, Map<String, T>> mounts, String at, boolean remove) {
    if (remove) {
      mounts.remove(at);
    } else {
      mounts.put(at, new HashMap<>());
    }
    return done();
  }

  /// AppRole: "Create/Update AppRole", "Read AppRole role ID", "Generate new secret ID".
  private Reply appRole(String method, String path, JsonNode body, Namespace namespace) {
    String[] parts = path.split("/role/", -1);
    Map<String, Role> roles = namespace.appRoles.get(parts[0].substring("auth/".length()));
    if (roles == null || parts.length != 2) {
      return error(404, "no handler for route \"" + path + "\". route entry not found.");
    }
    String role = parts[1].replaceFirst("/.*", "");
    if (parts[1].endsWith("/role-id") && roles.containsKey(role)) {
      return data(JSON.objectNode().put("role_id", roles.get(role).id));
    }
    if (parts[1].endsWith("/secret-id") && roles.containsKey(role)) {
      String secretId = "sid-" + state.unguessable();
      int uses = roles.get(role).settings.path("secret_id_num_uses").asInt(0);
      roles.get(role).secretIds.put(secretId, uses == 0 ? -1 : uses);
      return data(JSON.objectNode().put("secret_id", secretId).put("secret_id_ttl", 0));
    }
    if (method.equals("POST") && parts[1].equals(role)) {
      roles.put(role, new Role("rid-" + state.unguessable(), body));
      return done();
    }
    return error(404);
  }

  /// The pages of KV version 1.
  private static Reply engineOfVersion1(
      String method, String secret, JsonNode body, Map<String, JsonNode> secrets) {
    if (!method.equals("GET")) {
      secrets.put(secret, body);
      return done();
    }
    JsonNode found = secrets.get(secret);
    return found == null ? error(404) : data(found);
  }

  /// The pages of KV version 2.
  private Reply engine(String method, String path, JsonNode body, Namespace namespace) {
    for (var first : namespace.enginesOfVersion1.entrySet()) {
      if (path.startsWith(first.getKey() + "/")) {
        String secret = path.substring(first.getKey().length() + 1);
        return engineOfVersion1(method, secret, body, first.getValue());
      }
    }
    Optional<String> mount =
        namespace.engines.keySet().stream().filter(at -> path.startsWith(at + "/")).findFirst();
    if (mount.isEmpty()) {
      return error(404, "no handler for route \"" + path + "\". route entry not found.");
    }
    String[] parts = (path + "/").substring(mount.get().length() + 1).split("/", 2);
    var secrets = Objects.requireNonNull(namespace.engines.get(mount.get()));
    String secret = parts[1].replaceFirst("/$", "");
    List<Version> versions = secrets.getOrDefault(secret, new ArrayList<>());
    return switch (parts[0] + " " + method) {
      case "config GET" -> data(JSON.objectNode().put("max_versions", 0));
      case "data GET" -> newest(versions);
      case "data POST", "data PUT" -> {
        versions.add(new Version(body.path("data"), state.now()));
        secrets.put(secret, versions);
        yield data(metadata(versions, versions.size()));
      }
      case "data DELETE" -> {
        versions.getLast().deleted = Optional.of(state.now());
        yield done();
      }
      case "delete POST", "delete PUT" -> {
        named(versions, body).forEach(version -> version.deleted = Optional.of(state.now()));
        yield done();
      }
      case "undelete POST", "undelete PUT" -> {
        named(versions, body).forEach(version -> version.deleted = Optional.empty());
        yield done();
      }
      case "destroy POST", "destroy PUT" -> {
        named(versions, body).forEach(version -> version.destroyed = true);
        yield done();
      }
      case "metadata DELETE" -> {
        secrets.remove(secret);
        yield done();
      }
      default -> error(405, "unsupported operation");
    };
  }

  /// That a deleted or destroyed version is a 404 with metadata and no data is in
  /// builtin/logical/kv/path_data.go, `pathDataRead`.
  private Reply newest(List<Version> versions) {
    if (versions.isEmpty()) {
      return error(404);
    }
    Version newest = versions.getLast();
    boolean gone = newest.destroyed || newest.deleted.isPresent();
    ObjectNode data = JSON.objectNode();
    data.set("data", gone ? JSON.nullNode() : newest.data);
    data.set("metadata", metadata(versions, versions.size()));
    return new Reply(gone ? 404 : 200, envelope().set("data", data));
  }

  private static ObjectNode metadata(List<Version> versions, int number) {
    Version version = versions.get(number - 1);
    ObjectNode metadata = JSON.objectNode().put("created_time", version.created.toString());
    metadata.putNull("custom_metadata");
    metadata.put("deletion_time", version.deleted.map(Instant::toString).orElse(""));
    return metadata.put("destroyed", version.destroyed).put("version", number);
  }

  private static List<Version> named(List<Version> versions, JsonNode body) {
    return body.path("versions").valueStream().map(at -> versions.get(at.asInt() - 1)).toList();
  }

  private static String capability(String method) {
    return switch (method) {
      case "GET" -> "read";
      case "DELETE" -> "delete";
      default -> "update";
    };
  }

  private static ObjectNode envelope() {
    ObjectNode envelope = JSON.objectNode().put("request_id", "f00341c1-twin");
    envelope.put("lease_id", "").put("renewable", false).put("lease_duration", 0);
    envelope.putNull("data").putNull("wrap_info").putNull("warnings").putNull("auth");
    return envelope;
  }

  private static Reply data(JsonNode data) {
    return new Reply(200, envelope().set("data", data));
  }

  private static Reply done() {
    return new Reply(204, JSON.objectNode());
  }

  private static Reply error(int status, String... errors) {
    ObjectNode body = JSON.objectNode();
    var list = body.putArray("errors");
    List.of(errors).forEach(list::add);
    return new Reply(status, body);
  }

  private static Set<String> words(JsonNode list) {
    Set<String> words = new TreeSet<>();
    list.forEach(word -> words.add(word.asString("")));
    return words;
  }

  /// A duration as `90s`, `15m` or `1h`.
  private static long seconds(String text) {
    long number = Long.parseLong(text.substring(0, text.length() - 1));
    return switch (text.charAt(text.length() - 1)) {
      case 'h' -> number * 3600;
      case 'm' -> number * 60;
      default -> number;
    };
  }

  private static JsonNode read(String body) {
    return JsonMapper.shared().readTree(body);
  }
}
