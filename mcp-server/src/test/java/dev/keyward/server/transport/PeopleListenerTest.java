package dev.keyward.server.transport;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class PeopleListenerTest {
  private boolean streamsEnded;
  private final PeopleListener listener =
      PeopleListener.start(
          new PeopleListener.Settings(Loopback.anyPort(), Set.of("people.example.com")),
          this::pages);

  PeopleListenerTest() throws IOException {}

  @AfterEach
  void stop() {
    listener.close();
  }

  @Test
  void theGuardStandsBeforeAPageThatKnowsItsPort() throws Exception {
    String answer = get("/page/1", "localhost:" + listener.port());

    assertTrue(answer.endsWith("\r\n\r\nguarded " + listener.port()), answer);
  }

  @Test
  void anAgentsKeyMeansNothingHere() throws Exception {
    String answer = get("/mcp", "localhost:" + listener.port());

    assertTrue(answer.startsWith("HTTP/1.1 404 "), answer);
    assertEquals("404 Not Found\n", answer.substring(answer.indexOf("\r\n\r\n") + 4));
  }

  @Test
  void aForeignHostIsMisdirected() throws Exception {
    assertTrue(get("/page/1", "evil.example.com").startsWith("HTTP/1.1 421 "));
    assertTrue(get("/page/1", "people.example.com").startsWith("HTTP/1.1 200 "));
  }

  @Test
  void aFailureShowsNothingOfItself() throws Exception {
    String answer = get("/broken", "localhost:" + listener.port());

    assertTrue(answer.startsWith("HTTP/1.1 500 "), answer);
    assertFalse(answer.contains(ScriptedBroker.CANARY), answer);
    assertFalse(answer.contains("Exception"), answer);
    assertFalse(answer.contains("Server:"), answer);
  }

  @Test
  void streamsAreEndedBeforeItStops() {
    listener.close();

    assertTrue(streamsEnded);
  }

  @Test
  void whoIsBeyondTheNumberOfConnectionsWaitsUntilSomebodyLeaves() throws Exception {
    var limits = new WholeBodies.Limits(Duration.ofSeconds(10), 1000, 1000);
    var settings = new PeopleListener.Settings(Loopback.anyPort(), Set.of());
    try (var narrow = PeopleListener.start(settings, this::pages, limits, 2);
        var first = connected(narrow);
        var second = connected(narrow);
        var third = new Socket(InetAddress.getLoopbackAddress(), narrow.port())) {
      ask(third, narrow.port());
      third.setSoTimeout(200);
      assertThrows(SocketTimeoutException.class, () -> third.getInputStream().read());

      first.shutdownOutput(); // it has no more to ask, so the listener closes it
      third.setSoTimeout(0);
      assertEquals("HTTP/1.1 200", new String(third.getInputStream().readNBytes(12), US_ASCII));
      assertFalse(second.isClosed());
    }
  }

  @Test
  void aNameForThisMachineIsTakenAtAllOfItsAddresses() throws Exception {
    var settings = new PeopleListener.Settings(new InetSocketAddress("localhost", 0), Set.of());
    try (var named = PeopleListener.start(settings, this::pages)) {
      for (InetAddress loopback : loopbacks()) {
        try (var caller = new Socket(loopback, named.port());
            var impostor = new ServerSocket()) {
          ask(caller, named.port());
          var taken = new InetSocketAddress(loopback, named.port());

          byte[] status = caller.getInputStream().readNBytes(12);
          assertEquals("HTTP/1.1 200", new String(status, US_ASCII));
          assertThrows(BindException.class, () -> impostor.bind(taken));
        }
      }
    }
  }

  @Test
  void whoHasTakenOneOfThemKeepsItFromListeningAtAny() throws Exception {
    for (InetAddress loopback : loopbacks()) {
      try (var impostor = new ServerSocket(0, 1, loopback)) {
        var taken = new InetSocketAddress("localhost", impostor.getLocalPort());
        var settings = new PeopleListener.Settings(taken, Set.of());

        assertThrows(IOException.class, () -> PeopleListener.start(settings, this::pages));
      }
    }
  }

  /// {@return 127.0.0.1, and ::1 where this machine has it}
  private static List<InetAddress> loopbacks() throws IOException {
    InetAddress six = InetAddress.ofLiteral("::1");
    InetAddress four = InetAddress.ofLiteral("127.0.0.1");
    return NetworkInterface.getByInetAddress(six) == null ? List.of(four) : List.of(four, six);
  }

  /// {@return a connection over which a page has come, and which stays open}
  private static Socket connected(PeopleListener listener) throws IOException {
    var socket = new Socket(InetAddress.getLoopbackAddress(), listener.port());
    ask(socket, listener.port());
    socket.getInputStream().read();
    return socket;
  }

  private static void ask(Socket socket, int port) throws IOException {
    String request = "GET /page/1 HTTP/1.1\r\nHost: localhost:%d\r\n\r\n".formatted(port);
    socket.getOutputStream().write(request.getBytes(US_ASCII));
  }

  private String get(String path, String host) throws IOException {
    return Loopback.exchange(
        listener.port(),
        "GET %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nConnection: close\r\n\r\n"
            .formatted(path, host, ScriptedBroker.KEY_TEXT));
  }

  private PeopleListener.Site pages(InetSocketAddress bound) {
    return new PeopleListener.Site(
        marks("guarded"),
        List.of(
            new PeopleListener.Mount("/page/*", new Page(bound.getPort())),
            new PeopleListener.Mount("/broken", new Broken())),
        () -> streamsEnded = true);
  }

  private static Filter marks(String mark) {
    return (request, response, chain) -> {
      request.setAttribute("mark", mark);
      chain.doFilter(request, response);
    };
  }

  @SuppressWarnings("serial") // servlets are not serialized
  private static final class Page extends HttpServlet {
    private final int port;

    Page(int port) {
      this.port = port;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      response.getWriter().write(request.getAttribute("mark") + " " + port);
    }
  }

  @SuppressWarnings("serial") // servlets are not serialized
  private static final class Broken extends HttpServlet {
    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) {
      throw new IllegalStateException(ScriptedBroker.CANARY);
    }
  }
}
