package dev.keyward.demo.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// One agent's calls over one connection of Streamable HTTP: in a session of revision 2025-11-25,
/// or each by itself as in revision 2026-07-28.
///
/// Each answer must be the one to its own call, hold what the upstream said and none of what must
/// not leave.
final class Mcp implements Target.Line {
  private static final int OK = 200;
  private static final int ID_DIGITS = 9;
  private static final String SLOT = "#".repeat(ID_DIGITS);

  private static final String META =
      """
      ,"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",\
      "io.modelcontextprotocol/clientInfo":{"name":"bench","version":"1"},\
      "io.modelcontextprotocol/clientCapabilities":{}}\
      """;

  private final Wire wire;
  private final byte[] request;
  private final int slot;
  private final byte[] id = ("\"id\":\"" + SLOT + "\"").getBytes(StandardCharsets.US_ASCII);
  private final byte[] mark = Item.MARK.getBytes(StandardCharsets.UTF_8);
  private final byte[] undeclared = Item.UNDECLARED.getBytes(StandardCharsets.UTF_8);
  private final byte[] error = "\"isError\":true".getBytes(StandardCharsets.US_ASCII);
  private int calls;

  private Mcp(Wire wire, byte[] request, int slot) {
    this.wire = wire;
    this.request = request;
    this.slot = slot;
  }

  /// Connects and opens a session.
  static Mcp open(int port, String key, String tool) throws IOException {
    var wire = new Wire(port);
    String head = head(port, key);
    require(wire, wire.ask(post(head, Told.INITIALIZE)) == OK);
    String inSession =
        head
            + "Mcp-Session-Id: "
            + wire.header("Mcp-Session-Id")
            + "\r\nMCP-Protocol-Version: 2025-11-25\r\n";
    require(wire, wire.ask(post(inSession, Told.INITIALIZED)) == 202);
    return on(wire, post(inSession, call(tool, "")));
  }

  /// Connects; there is nothing to open.
  static Mcp requests(int port, String key, String tool) throws IOException {
    return on(new Wire(port), request(port, key, tool));
  }

  /// {@return a call of revision 2026-07-28, which needs no session}
  static byte[] request(int port, String key, String tool) {
    String headers =
        "MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: tools/call\r\nMcp-Name: " + tool + "\r\n";
    return post(head(port, key) + headers, call(tool, META));
  }

  private static Mcp on(Wire wire, byte[] request) {
    return new Mcp(wire, request, new String(request, StandardCharsets.US_ASCII).lastIndexOf(SLOT));
  }

  private static String head(int port, String key) {
    return "POST /mcp HTTP/1.1\r\nHost: 127.0.0.1:"
        + port
        + "\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream"
        + "\r\nAuthorization: Bearer "
        + key
        + "\r\n";
  }

  private static String call(String tool, String meta) {
    return "{\"jsonrpc\":\"2.0\",\"id\":\""
        + SLOT
        + "\",\"method\":\"tools/call\",\"params\":{\"name\":\""
        + tool
        + "\",\"arguments\":{\"item\":\"item-0007\"}"
        + meta
        + "}}";
  }

  @Override
  public boolean call() throws IOException {
    calls++;
    number(request, slot);
    number(id, id.length - 1 - ID_DIGITS);
    return wire.ask(request) == OK
        && wire.holds(id)
        && wire.holds(mark)
        && !wire.holds(undeclared)
        && !wire.holds(error);
  }

  /// {@return the last answer}
  String answer() {
    return wire.text();
  }

  @Override
  public void close() throws IOException {
    wire.close();
  }

  private void number(byte[] text, int at) {
    int rest = calls;
    for (int i = at + ID_DIGITS - 1; i >= at; i--) {
      text[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
  }

  private static byte[] post(String head, String body) {
    String length = "Content-Length: " + body.length() + "\r\n\r\n";
    return (head + length + body).getBytes(StandardCharsets.US_ASCII);
  }

  private static void require(Wire wire, boolean asExpected) throws IOException {
    if (!asExpected) {
      throw new IOException("the broker opened no session: " + wire.text().lines().findFirst());
    }
  }
}
