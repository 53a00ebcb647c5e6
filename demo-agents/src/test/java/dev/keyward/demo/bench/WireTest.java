package dev.keyward.demo.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class WireTest {
  private static final byte[] ASK = bytes("GET / HTTP/1.1\r\n\r\n");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nMcp-Session-Id: s1\r\n\r\nright",
        "HTTP/1.1 200 OK\r\nmcp-session-id: s1\r\ncontent-length:5\r\n\r\nright",
        "HTTP/1.1 200 OK\r\nMcp-Session-Id: s1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nrig\r\n2\r\nht\r\n0\r\n\r\n",
      })
  void anAnswerIsReadWholeHoweverItIsFramed(String answer) throws IOException {
    try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread.startVirtualThread(() -> answerTwice(server, answer));
      try (var wire = new Wire(server.getLocalPort())) {
        assertEquals(200, wire.ask(ASK));
        assertEquals(200, wire.ask(ASK));
        assertEquals("s1", wire.header("Mcp-Session-Id"));
        assertTrue(wire.text().endsWith("ht") || wire.text().endsWith("0\r\n\r\n"));
        assertFalse(wire.holds(bytes("wrong")));
      }
    }
  }

  private static void answerTwice(ServerSocket server, String answer) {
    try (Socket connection = server.accept()) {
      for (int i = 0; i < 2; i++) {
        connection.getInputStream().readNBytes(ASK.length);
        connection.getOutputStream().write(bytes(answer));
      }
    } catch (IOException e) {
      throw new AssertionError("the test's own server broke", e);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
