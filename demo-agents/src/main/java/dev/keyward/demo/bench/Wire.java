package dev.keyward.demo.bench;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/// One kept connection to a server: sends a request as it is, and reads its answer whole.
///
/// Far less than an HTTP client, so that the load costs little beside what it measures. Used by one
/// thread; the last answer stands in its buffer.
final class Wire implements AutoCloseable {
  private static final byte[] HEAD_END = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] LENGTH = "\r\nContent-Length:".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] CHUNKS_END = "\r\n0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final int FIRST_SIZE = 16 << 10;
  private static final int TIMEOUT_MILLIS = 30_000;

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private byte[] bytes = new byte[FIRST_SIZE];
  private int size;

  Wire(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    in = socket.getInputStream();
    out = socket.getOutputStream();
  }

  /// Sends a request and returns the status of its answer.
  int ask(byte[] request) throws IOException {
    out.write(request);
    size = 0;
    int head = -1;
    while (head < 0) {
      more();
      head = find(bytes, size, HEAD_END, 0);
    }
    readBody(head + HEAD_END.length, length(head));
    return Integer.parseInt(new String(bytes, "HTTP/1.1 ".length(), 3, StandardCharsets.US_ASCII));
  }

  /// Sends a request whose answer is not waited for.
  void send(byte[] request) throws IOException {
    out.write(request);
  }

  /// {@return whether the last answer holds `text`}
  boolean holds(byte[] text) {
    return find(bytes, size, text, 0) >= 0;
  }

  /// {@return the last answer, its head and its body}
  String text() {
    return new String(bytes, 0, size, StandardCharsets.UTF_8);
  }

  /// {@return a header of the last answer; empty if there is none}
  String header(String name) {
    return text()
        .lines()
        .takeWhile(line -> !line.isEmpty())
        .filter(
            line -> line.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ":"))
        .map(line -> line.substring(name.length() + 1).strip())
        .findFirst()
        .orElse("");
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  /// @param length of the body, or -1 if it comes in chunks
  private void readBody(int from, int length) throws IOException {
    if (length >= 0) {
      while (size < from + length) {
        more();
      }
      return;
    }
    while (size < from + 3 || find(bytes, size, CHUNKS_END, Math.max(from - 2, size - 7)) < 0) {
      more();
    }
  }

  private int length(int head) {
    int at = find(bytes, head + 2, LENGTH, 0);
    if (at < 0) {
      return -1;
    }
    int length = 0;
    for (int i = at + LENGTH.length; bytes[i] != '\r'; i++) {
      if (bytes[i] != ' ') {
        length = 10 * length + bytes[i] - '0';
      }
    }
    return length;
  }

  private void more() throws IOException {
    if (size == bytes.length) {
      bytes = Arrays.copyOf(bytes, 2 * size);
    }
    int count = in.read(bytes, size, bytes.length - size);
    if (count < 0) {
      throw new EOFException("the connection was closed within an answer");
    }
    size += count;
  }

  /// ASCII letters are equal whatever their case.
  private static int find(byte[] text, int length, byte[] wanted, int from) {
    for (int i = from; i <= length - wanted.length; i++) {
      int k = 0;
      while (k < wanted.length && same(text[i + k], wanted[k])) {
        k++;
      }
      if (k == wanted.length) {
        return i;
      }
    }
    return -1;
  }

  private static boolean same(byte a, byte b) {
    return a == b || ((a ^ b) == ' ' && Character.isLetter(a));
  }
}
