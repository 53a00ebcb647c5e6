package dev.keyward.demo.bench;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/// An agent's session over HTTP+SSE: a stream for answers, and a connection for messages.
final class SseLine implements Target.Line {
  private static final String DATA = "data: ";

  private final Socket stream;
  private final BufferedReader events;
  private final Wire wire;
  private final String head;
  private final String tool;
  private int calls;

  private SseLine(Socket stream, BufferedReader events, Wire wire, String head, String tool) {
    this.stream = stream;
    this.events = events;
    this.wire = wire;
    this.head = head;
    this.tool = tool;
  }

  /// Opens a session.
  static SseLine open(int port, String key, String tool) throws IOException {
    var stream = new Socket(InetAddress.getLoopbackAddress(), port);
    String common = "\r\nHost: 127.0.0.1:" + port + "\r\nAuthorization: Bearer " + key + "\r\n";
    String listen = "GET /sse HTTP/1.1" + common + "Accept: text/event-stream\r\n\r\n";
    stream.getOutputStream().write(listen.getBytes(StandardCharsets.US_ASCII));
    var events =
        new BufferedReader(new InputStreamReader(stream.getInputStream(), StandardCharsets.UTF_8));
    String endpoint = data(events);
    String head = "POST " + endpoint + " HTTP/1.1" + common + "Content-Type: application/json\r\n";
    var line = new SseLine(stream, events, new Wire(port), head, tool);
    line.post(Told.INITIALIZE);
    data(events);
    line.post(Told.INITIALIZED);
    return line;
  }

  @Override
  public boolean call() throws IOException {
    calls++;
    return post(Told.call(calls, tool)) && Told.right(data(events), calls);
  }

  @Override
  public void close() throws IOException {
    stream.close();
    wire.close();
  }

  private boolean post(String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    String request = head + "Content-Length: " + bytes.length + "\r\n\r\n" + body;
    return wire.ask(request.getBytes(StandardCharsets.UTF_8)) == 202;
  }

  /// {@return the data of the next event}
  private static String data(BufferedReader events) throws IOException {
    for (String line = events.readLine(); line != null; line = events.readLine()) {
      if (line.startsWith(DATA)) {
        return line.substring(DATA.length());
      }
    }
    throw new EOFException("the stream has ended");
  }
}
