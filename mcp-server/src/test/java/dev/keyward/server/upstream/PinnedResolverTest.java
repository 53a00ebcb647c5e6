package dev.keyward.server.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.server.upstream.Calls.Lent;
import dev.keyward.server.upstream.Calls.Passing;
import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class PinnedResolverTest {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

  /// Closes the connection after each answer, so that each call looks its host up.
  private final ScriptedServer server =
      new ScriptedServer(
          connection -> {
            connection.readRequest();
            connection.write(
                ScriptedServer.json("{}").replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"));
          });

  private final Passing sending = new Passing();

  @AfterEach
  void close() throws Exception {
    server.close();
  }

  @Test
  void loopbackIsRefusedUnlessTheOriginIsListed() {
    assertRefused(send(server.origin(), Set.of(), Resolution.SYSTEM));
    assertEquals(0, server.connections());

    assertAnswered(send(server.origin(), Set.of(server.origin()), Resolution.SYSTEM));
  }

  @Test
  void anotherPortSchemeOrHostThatIsListedDoesNotCount() {
    URI origin = named();
    Resolution loopback = host -> List.of(LOOPBACK);

    assertRefused(send(origin, Set.of(URI.create("http://crm.test:1")), loopback));
    assertRefused(send(origin, Set.of(URI.create("https://crm.test:" + server.port())), loopback));
    assertRefused(send(origin, Set.of(server.origin()), loopback));
    assertEquals(0, server.connections());
    assertAnswered(send(origin, Set.of(URI.create("HTTP://CRM.test:" + server.port())), loopback));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://127.1:%d",
        "http://2130706433:%d",
        "http://0.0.0.0:%d",
        "http://[::1]:%d",
        "http://[::ffff:127.0.0.1]:%d",
        "http://[::127.0.0.1]:%d",
        "http://[64:ff9b::7f00:1]:%d",
        "http://[2002:7f00:1::]:%d",
        "http://localhost:%d"
      })
  void otherWaysToWriteLoopbackAreRefused(String origin) {
    Reply reply =
        send(
            URI.create(origin.formatted(server.port())),
            Set.of(URI.create("http://crm.test:" + server.port())),
            Resolution.SYSTEM);

    assertInstanceOf(Reply.NotSent.class, reply);
    assertEquals(0, server.connections());
  }

  @Test
  void oneRefusedAddressAmongOthersRefusesAll() {
    Resolution mixed = host -> List.of(InetAddress.ofLiteral("8.8.8.8"), LOOPBACK);

    assertRefused(send(named(), Set.of(), mixed));
  }

  /// A second lookup between check and connect would find the metadata service.
  @Test
  void theNameIsLookedUpOncePerConnection() {
    var lookups = new AtomicInteger();
    Resolution rebinding =
        host ->
            List.of(
                lookups.incrementAndGet() % 2 == 1
                    ? LOOPBACK
                    : InetAddress.ofLiteral("169.254.169.254"));
    try (var upstream = HttpUpstream.start(rebinding, Set.of(named()))) {
      assertAnswered(send(upstream));
      assertEquals(1, lookups.get());

      assertRefused(send(upstream));
      assertEquals(2, lookups.get());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"169.254.169.254", "fd00:ec2::254", "0.0.0.0", "::", "fe80::1", "224.0.0.1"})
  void aListedNameNeverMeansMetadataOrNobody(String address) {
    Resolution moved = host -> List.of(InetAddress.ofLiteral(address));

    assertRefused(send(named(), Set.of(named()), moved));
  }

  @Test
  void thePinnedAddressIsTheOneThatIsUsed() {
    Resolution pinned = host -> List.of(LOOPBACK);

    assertAnswered(send(named(), Set.of(named()), pinned));
    assertTrue(server.requests().getFirst().contains("\r\nHost: crm.test:" + server.port()));
  }

  private URI named() {
    return URI.create("http://crm.test:" + server.port());
  }

  private Reply send(HttpUpstream upstream) {
    return upstream.send(Calls.read(named()), Lent.of(Calls.KEY), sending);
  }

  private Reply send(URI origin, Set<URI> listed, Resolution resolution) {
    try (var upstream = HttpUpstream.start(resolution, listed)) {
      return upstream.send(Calls.read(origin), Lent.of(Calls.KEY), sending);
    }
  }

  private static void assertRefused(Reply reply) {
    assertEquals(Failure.ADDRESS_REFUSED, assertInstanceOf(Reply.NotSent.class, reply).why());
  }

  private static void assertAnswered(Reply reply) {
    assertInstanceOf(Reply.Answered.class, reply);
  }
}
