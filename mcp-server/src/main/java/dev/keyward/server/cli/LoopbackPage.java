package dev.keyward.server.cli;

import static java.lang.System.Logger.Level.DEBUG;

import dev.keyward.server.control.OperatorError;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// The address on this machine to which a browser is sent from a page of consent (RFC 8252, section
/// 7.3). It answers one kind of request with a sentence, to whoever asks, and tells nothing.
final class LoopbackPage implements AutoCloseable {
  private static final System.Logger log = System.getLogger(LoopbackPage.class.getName());
  private static final String PATH = "/connected";
  private static final String END = "\r\n\r\n";
  private static final int MOST_CHARS = 64 << 10;
  private static final int BACKLOG = 16;
  private static final int READ_MILLIS = 2_000;

  private final ServerSocket socket;

  private LoopbackPage(ServerSocket socket) {
    this.socket = socket;
  }

  /// Listens on `port`, or on a free one for 0.
  static LoopbackPage open(int port) throws IOException {
    InetAddress here = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    return new LoopbackPage(new ServerSocket(port, BACKLOG, here));
  }

  URI address() {
    return URI.create("http://127.0.0.1:" + socket.getLocalPort() + PATH);
  }

  /// Waits for the browser that brings `state`. Others are answered and passed over: any page in a
  /// browser can send one here.
  ///
  /// @throws OperatorError if it does not come in time, or brings a no
  CameBack await(String state, Duration patience) throws IOException {
    long end = System.nanoTime() + patience.toNanos();
    while (true) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new OperatorError("no browser came back in time; nothing was connected");
      }
      socket.setSoTimeout((int) Math.min(left, Integer.MAX_VALUE));
      try (Socket browser = socket.accept()) {
        String query = asked(browser);
        if (query.contains("state=" + state)) {
          answer(browser, "200 OK", "You can close this page; the terminal says how it went.");
          return CameBack.of(query, state);
        }
        answer(browser, "404 Not Found", "There is nothing here.");
      } catch (SocketTimeoutException e) {
        // asked above whether the time is over
      }
    }
  }

  /// {@return the query of a GET of the one path; else, and from whoever breaks off, nothing}
  private static String asked(Socket browser) {
    try {
      browser.setSoTimeout(READ_MILLIS);
      String[] words = head(browser.getInputStream()).split(" ", 3);
      boolean ours = words.length == 3 && words[0].equals("GET") && words[1].startsWith(PATH + "?");
      return ours ? words[1].substring(PATH.length() + 1) : "";
    } catch (IOException e) {
      return "";
    }
  }

  /// All of it is read, so that the answer is not lost with what was not.
  private static String head(InputStream in) throws IOException {
    var head = new StringBuilder();
    while (head.length() < MOST_CHARS && head.indexOf(END, head.length() - END.length()) < 0) {
      int next = in.read();
      if (next < 0) {
        break;
      }
      head.append((char) next);
    }
    return head.toString();
  }

  /// Whoever does not want to read it does without.
  private static void answer(Socket browser, String status, String sentence) {
    String head =
        "HTTP/1.1 "
            + status
            + "\r\nContent-Type: text/plain\r\nContent-Length: "
            + sentence.length()
            + "\r\nReferrer-Policy: no-referrer\r\nConnection: close\r\n\r\n";
    try {
      browser.getOutputStream().write((head + sentence).getBytes(StandardCharsets.US_ASCII));
      browser.getOutputStream().flush();
    } catch (IOException e) {
      log.log(DEBUG, "the browser has gone", e);
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
