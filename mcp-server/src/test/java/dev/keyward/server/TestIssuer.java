package dev.keyward.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.keyward.store.TestPorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.RSAPublicKey;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// An issuer of tokens: a real HTTP server with metadata and keys. It signs what it is told to,
/// with the JDK's own means.
public final class TestIssuer implements AutoCloseable {
  private static final String METADATA = "/.well-known/openid-configuration";
  private static final String KEYS = "/keys";

  private final InstantSource clock;
  private final List<String> journal = new CopyOnWriteArrayList<>();
  private final Map<String, StandIn.Script> scripts = new ConcurrentHashMap<>();
  private final int port;
  private HttpServer server;
  private Socket down = new Socket(); // keeps the port where it does
  private int generation;
  private volatile KeyPair keys;

  /// Listens on a free port of this machine, with a key of its own.
  ///
  /// @param clock dates its tokens
  public TestIssuer(InstantSource clock) {
    this.clock = clock;
    rotate();
    server = listen(0);
    port = server.getAddress().getPort();
  }

  /// {@return its name, which is its address}
  public String name() {
    return "http://127.0.0.1:" + port;
  }

  /// {@return where its keys are}
  public String jwksUri() {
    return name() + KEYS;
  }

  /// {@return the paths that were asked for}
  public List<String> journal() {
    return List.copyOf(journal);
  }

  /// From now on it signs with another key, and publishes only that one.
  public void rotate() {
    try {
      var generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      keys = generator.generateKeyPair();
      generation++;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /// From now on requests to `path` are answered so.
  public void answers(String path, StandIn.Script how) {
    scripts.put(path, how);
  }

  /// From now on its metadata are these.
  public void publishes(ObjectNode metadata) {
    answers(METADATA, StandIn.json(metadata.toString()));
  }

  /// {@return what it publishes about itself}
  public ObjectNode metadata() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("issuer", name())
        .put("jwks_uri", jwksUri())
        .put("authorization_endpoint", name() + "/authorize")
        .put("token_endpoint", name() + "/token");
  }

  /// Nobody listens any more; the port stays known.
  public void goDown() {
    server.stop(0);
    down = TestPorts.keep(port);
  }

  /// Listens again at the same port.
  public void comeBack() {
    server = listen(port);
    TestPorts.letGo(down);
  }

  /// {@return a token that lasts five minutes, of `subject` for `audience`, to be changed and
  /// signed}
  public TestToken token(String subject, String audience) {
    long now = clock.instant().getEpochSecond();
    return new TestToken(this)
        .claim("iss", name())
        .claim("sub", subject)
        .claim("aud", audience)
        .claim("iat", now)
        .claim("exp", now + 300);
  }

  KeyPair keys() {
    return keys;
  }

  String keyId() {
    return "key-" + generation;
  }

  /// {@return its public key, as a set}
  public String jwks() {
    return "{\"keys\":[" + jwk() + "]}";
  }

  /// {@return its public key (RFC 7517)}
  ObjectNode jwk() {
    var key = (RSAPublicKey) keys.getPublic();
    return JsonNodeFactory.instance
        .objectNode()
        .put("kty", "RSA")
        .put("use", "sig")
        .put("alg", "RS256")
        .put("kid", keyId())
        .put("n", number(key.getModulus()))
        .put("e", number(key.getPublicExponent()));
  }

  @Override
  public void close() {
    server.stop(0);
    TestPorts.letGo(down);
  }

  private static String number(BigInteger value) {
    byte[] bytes = value.toByteArray();
    int from = bytes[0] == 0 ? 1 : 0;
    byte[] unsigned = Arrays.copyOfRange(bytes, from, bytes.length);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(unsigned);
  }

  private HttpServer listen(int wanted) {
    try {
      var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), wanted);
      HttpServer listening = HttpServer.create(address, 0);
      listening.createContext("/", this::serve);
      listening.start();
      return listening;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void serve(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    journal.add(path);
    StandIn.Script script = scripts.get(path);
    if (script != null) {
      script.answer(exchange);
    } else if (path.equals(METADATA)) {
      StandIn.json(metadata().toString()).answer(exchange);
    } else if (path.equals(KEYS)) {
      StandIn.json(jwks()).answer(exchange);
    } else {
      StandIn.of(404, "text/plain", "nothing").answer(exchange);
    }
  }

  /// {@return `text` in base64url}
  static String encoded(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
