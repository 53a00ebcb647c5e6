package dev.keyward.server.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.server.upstream.Calls.Lent;
import dev.keyward.server.upstream.Calls.Passing;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class TlsTest {
  private static final char[] PASSWORD = "for-tests".toCharArray();

  /// A key and a certificate for `crm.test`, signed by itself.
  private static KeyStore keys = emptyStore();

  private final Resolution loopback = host -> List.of(InetAddress.ofLiteral("127.0.0.1"));
  private final Passing sending = new Passing();

  @BeforeAll
  static void makeACertificate(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("keys.p12");
    Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
    var made =
        new ProcessBuilder(
                keytool.toString(),
                "-genkeypair",
                "-keystore",
                file.toString(),
                "-storepass",
                new String(PASSWORD),
                "-keyalg",
                "EC",
                "-dname",
                "CN=crm.test",
                "-ext",
                "SAN=dns:crm.test",
                "-alias",
                "server")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertEquals(0, made.waitFor());
    try (InputStream in = Files.newInputStream(file)) {
      keys.load(in, PASSWORD);
    }
  }

  @Test
  void aTrustedCertificateOfTheHostIsTaken() throws Exception {
    try (var server = tls();
        var upstream = trusting(origin("crm.test", server))) {
      for (int i = 0; i < 3; i++) {
        assertInstanceOf(Reply.Answered.class, send(upstream, origin("crm.test", server)));
      }
      assertEquals(1, server.connections());
      assertEquals(3, sending.firstBytes.get());
    }
  }

  @Test
  void aCertificateOfAnotherHostIsProvenNotSent() throws Exception {
    try (var server = tls();
        var upstream = trusting(origin("pay.test", server))) {
      assertNotSent(Failure.UNREACHABLE, send(upstream, origin("pay.test", server)));
      assertEquals(List.of(), server.requests());
    }
  }

  @Test
  void aCertificateThatNobodyVouchesForIsProvenNotSent() throws Exception {
    try (var server = tls();
        var upstream = HttpUpstream.start(loopback, Set.of(origin("crm.test", server)))) {
      assertNotSent(Failure.UNREACHABLE, send(upstream, origin("crm.test", server)));
      assertEquals(List.of(), server.requests());
    }
  }

  @Test
  void aServerThatSpeaksNoTlsIsProvenNotSent() throws Exception {
    try (var server = ScriptedServer.answering(ScriptedServer.json("{}"));
        var upstream = HttpUpstream.start(loopback, Set.of(origin("crm.test", server)))) {
      Outgoing call =
          Calls.within(Calls.read(origin("crm.test", server)), Duration.ofMillis(800), 1024);

      Reply reply = upstream.send(call, Lent.of(Calls.KEY), sending);

      assertInstanceOf(Reply.NotSent.class, reply);
      assertEquals(0, sending.firstBytes.get());
    }
  }

  @Test
  void aHandshakeThatNeverEndsIsProvenNotSent() throws Exception {
    try (var server = new ScriptedServer(connection -> connection.hold());
        var upstream = HttpUpstream.start(loopback, Set.of(origin("crm.test", server)))) {
      Outgoing call =
          Calls.within(Calls.read(origin("crm.test", server)), Duration.ofSeconds(2), 1024);

      assertNotSent(Failure.TIMED_OUT, upstream.send(call, Lent.of(Calls.KEY), sending));
      assertTrue(server.connections() > 0);
    }
  }

  @Test
  void aServerThatHangsUpDuringTheHandshakeIsProvenNotSent() throws Exception {
    try (var server = new ScriptedServer(connection -> connection.reset());
        var upstream = HttpUpstream.start(loopback, Set.of(origin("crm.test", server)))) {
      assertNotSent(Failure.UNREACHABLE, send(upstream, origin("crm.test", server)));
    }
  }

  private Reply send(HttpUpstream upstream, URI origin) {
    return upstream.send(Calls.read(origin), Lent.of(Calls.KEY), sending);
  }

  private void assertNotSent(Failure why, Reply reply) {
    assertEquals(why, assertInstanceOf(Reply.NotSent.class, reply).why());
    assertEquals(0, sending.firstBytes.get());
  }

  private static URI origin(String host, ScriptedServer server) {
    return URI.create("https://" + host + ":" + server.port());
  }

  private static ScriptedServer tls() throws GeneralSecurityException, IOException {
    var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(keys, PASSWORD);
    var context = SSLContext.getInstance("TLS");
    context.init(factory.getKeyManagers(), null, null);
    ServerSocket socket =
        context
            .getServerSocketFactory()
            .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    return new ScriptedServer(
        socket,
        connection -> {
          while (connection.readRequest()) {
            connection.write(ScriptedServer.json("{}"));
          }
        });
  }

  private HttpUpstream trusting(URI origin) throws GeneralSecurityException, IOException {
    return HttpUpstream.start(
        loopback, Set.of(origin), Map.of(origin, trust()), InstantSource.system());
  }

  private static X509TrustManager trust() throws GeneralSecurityException, IOException {
    KeyStore trusted = emptyStore();
    trusted.load(null, null);
    trusted.setCertificateEntry("server", keys.getCertificate("server"));
    var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(trusted);
    return (X509TrustManager) factory.getTrustManagers()[0];
  }

  private static KeyStore emptyStore() {
    try {
      return KeyStore.getInstance("PKCS12");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
