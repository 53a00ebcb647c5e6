package dev.keyward.server.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What strangers who send their forms slowly, or not to the end, can do to everybody else.
@Timeout(60)
final class WholeBodiesTest {
  /// More than the people's listener has threads.
  private static final int MANY = 40;

  private static final int FORM_BYTES = 500;
  private static final int BODY_BYTES = 1000;
  private static final int HELD_BYTES = 4000;

  private static final Page page = new Page();
  private static final Live live = new Live();
  private static PeopleListener patient;
  private static PeopleListener hasty;

  private final List<Client> clients = new ArrayList<>();

  @BeforeAll
  static void listen() throws IOException {
    patient = listener(Duration.ofMinutes(1));
    hasty = listener(Duration.ofMillis(200));
  }

  @AfterAll
  static void stop() {
    patient.close();
    hasty.close();
  }

  @AfterEach
  void leave() throws IOException {
    for (Client client : clients) {
      client.close();
    }
  }

  @Test
  void slowFormsKeepNobodyFromThePages() throws IOException {
    for (int i = 0; i < MANY; i++) {
      begin(patient, FORM_BYTES).send("t");
    }

    assertTrue(get(patient, "/page").endsWith("here"));
    assertTrue(post(patient, "whole").endsWith("got whole"));
  }

  @Test
  void aFormInTwoPiecesIsReadWhole() throws IOException {
    sendInTwoPieces();
  }

  private void sendInTwoPieces() throws IOException {
    Client client = begin(patient, 9);
    client.send("half");
    get(patient, "/page");
    client.send("-half");

    assertEquals("HTTP/1.1 200 OK", client.line());
    assertEquals("got half-half", client.lastLine());
  }

  @Test
  void aFormInChunksIsReadWhole() throws IOException {
    Client client = connect(patient);
    client.send(head(patient, "Transfer-Encoding: chunked") + "4\r\nhalf\r\n5\r");
    get(patient, "/page");
    client.send("\n-half\r\n0\r\n\r\n");

    assertEquals("HTTP/1.1 200 OK", client.line());
    assertEquals("got half-half", client.lastLine());
  }

  @Test
  void oneFormAfterAnotherIsReadOnOneConnection() throws IOException {
    Client client = connect(patient);
    String keeping = head(patient, "Content-Length: 5").replace("Connection: close\r\n", "");
    client.send(keeping + "first" + head(patient, "Content-Length: 6") + "second");

    String all = client.rest();

    assertTrue(all.contains("got first"), all);
    assertTrue(all.endsWith("got second"), all);
  }

  @Test
  void aFormThatIsTrickledEndsAtTheDeadlineAndReachesNoPage() throws IOException {
    int before = page.forms.get();
    Client client = begin(hasty, FORM_BYTES);

    while (client.isOpen()) {
      client.send("t");
    }

    assertEquals(before, page.forms.get());
    assertTrue(get(hasty, "/page").endsWith("here"));
  }

  @Test
  void strangersDoNotFillTheLog() throws IOException {
    int before = page.forms.get();
    try (var log = new LogCapture()) {
      try (PeopleListener listener = listener(Duration.ofMillis(200))) {
        Client slow = begin(listener, FORM_BYTES);
        Client leaving = begin(listener, FORM_BYTES);
        leaving.socket.shutdownOutput();

        assertFalse(leaving.rest().contains("got"));
        assertEquals("", slow.rest());
      }
      assertFalse(log.text().contains("Exception"), log.text());
    }
    assertEquals(before, page.forms.get());
  }

  @Test
  void aStreamOutlivesTheDeadlineOfForms() throws IOException, InterruptedException {
    Client reader = connect(hasty);
    reader.send("GET /live HTTP/1.1\r\nHost: localhost:%d\r\n\r\n".formatted(hasty.port()));
    AsyncContext stream = live.streams.take();
    Client form = begin(hasty, FORM_BYTES);
    assertEquals("", form.rest());

    stream.getResponse().getWriter().write("still here\n");
    stream.complete();

    reader.skipTo("still here");
  }

  @Test
  void aFormThatIsTooLargeIsToldSoByThePage() throws IOException {
    String whole = post(patient, "t".repeat(FORM_BYTES + 1));
    assertTrue(whole.startsWith("HTTP/1.1 413 "), whole);
    assertTrue(whole.endsWith("our own page"), whole);

    Client endless = begin(patient, 100 * BODY_BYTES);
    endless.send("t".repeat(BODY_BYTES + 1));

    assertEquals("HTTP/1.1 413 Payload Too Large", endless.line());
    assertEquals("our own page", endless.lastLine());
  }

  @Test
  void formsThatAreWaitedForHoldNoMoreThanTheirShareAndWholeOnesAreServed()
      throws InterruptedException, IOException {
    BlockingQueue<String> refused = new LinkedBlockingQueue<>();
    for (int i = 0; i <= HELD_BYTES / (BODY_BYTES - 1); i++) {
      Client client = begin(patient, BODY_BYTES);
      client.send("t".repeat(BODY_BYTES - 1));
      Thread.startVirtualThread(() -> refused.add(client.lineOrNothing()));
    }

    assertEquals("HTTP/1.1 503 Service Unavailable", refused.take());
    assertTrue(post(patient, "whole").endsWith("got whole"));
    assertTrue(get(patient, "/page").endsWith("here"));

    leaveAndWaitFor(refused, HELD_BYTES / (BODY_BYTES - 1));
    sendInTwoPieces();
  }

  private void leaveAndWaitFor(BlockingQueue<String> ends, int count)
      throws InterruptedException, IOException {
    for (Client client : clients) {
      client.socket.shutdownOutput();
    }
    for (int i = 0; i < count; i++) {
      ends.take();
    }
  }

  private static PeopleListener listener(Duration deadline) throws IOException {
    return PeopleListener.start(
        new PeopleListener.Settings(Loopback.anyPort(), Set.of()),
        _ ->
            new PeopleListener.Site(
                (request, response, chain) -> chain.doFilter(request, response),
                List.of(
                    new PeopleListener.Mount("/page", page),
                    new PeopleListener.Mount("/live", live)),
                () -> {}),
        new WholeBodies.Limits(deadline, BODY_BYTES, HELD_BYTES),
        100);
  }

  /// {@return a client whose form the listener has begun to wait for}
  private Client begin(PeopleListener listener, int bytes) throws IOException {
    Client client = connect(listener);
    client.send(head(listener, "Expect: 100-continue\r\nContent-Length: " + bytes));
    assertEquals("HTTP/1.1 100 Continue", client.line());
    assertEquals("", client.line());
    return client;
  }

  private Client connect(PeopleListener listener) throws IOException {
    var client = new Client(listener.port());
    clients.add(client);
    return client;
  }

  private static String head(PeopleListener listener, String more) {
    return "POST /page HTTP/1.1\r\nHost: localhost:%d\r\nConnection: close\r\n%s\r\n\r\n"
        .formatted(listener.port(), more);
  }

  private static String post(PeopleListener listener, String form) throws IOException {
    return Loopback.exchange(
        listener.port(), head(listener, "Content-Length: " + form.length()) + form);
  }

  private static String get(PeopleListener listener, String path) throws IOException {
    return Loopback.exchange(
        listener.port(),
        "GET %s HTTP/1.1\r\nHost: localhost:%d\r\nConnection: close\r\n\r\n"
            .formatted(path, listener.port()));
  }

  /// One connection, in pieces.
  private static final class Client implements AutoCloseable {
    private final Socket socket;
    private final BufferedReader answer;

    Client(int port) throws IOException {
      socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setTcpNoDelay(true);
      answer =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
    }

    void send(String piece) throws IOException {
      try {
        socket.getOutputStream().write(piece.getBytes(StandardCharsets.ISO_8859_1));
      } catch (SocketException _) {
        socket.shutdownInput(); // closed by the listener: nothing more is read
      }
    }

    /// {@return whether the listener has not closed it, after a moment in which it might}
    boolean isOpen() throws IOException {
      socket.setSoTimeout(5);
      try {
        return socket.getInputStream().read() >= 0;
      } catch (SocketTimeoutException _) {
        return true;
      } catch (SocketException _) {
        return false;
      }
    }

    String line() throws IOException {
      return String.valueOf(answer.readLine());
    }

    String lineOrNothing() {
      try {
        return line();
      } catch (IOException _) {
        return "";
      }
    }

    String lastLine() throws IOException {
      return rest().lines().reduce("", (_, line) -> line);
    }

    String rest() throws IOException {
      return answer.readAllAsString();
    }

    void skipTo(String wanted) throws IOException {
      String line = line();
      while (!line.equals(wanted)) {
        assertFalse(line.equals("null"), "the stream ended");
        line = line();
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  /// Reads forms as the pages do.
  @SuppressWarnings("serial") // servlets are not serialized
  private static final class Page extends HttpServlet {
    private final AtomicInteger forms = new AtomicInteger();

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      response.getWriter().write("here");
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      forms.incrementAndGet();
      byte[] form = request.getInputStream().readNBytes(FORM_BYTES + 1);
      if (form.length > FORM_BYTES) {
        response.setStatus(HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE);
        response.getWriter().write("our own page");
      } else {
        response.getWriter().write("got " + new String(form, StandardCharsets.ISO_8859_1));
      }
    }
  }

  /// An answer without an end.
  @SuppressWarnings("serial") // servlets are not serialized
  private static final class Live extends HttpServlet {
    private final BlockingQueue<AsyncContext> streams = new LinkedBlockingQueue<>();

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      AsyncContext stream = request.startAsync();
      response.flushBuffer();
      streams.add(stream);
    }
  }
}
