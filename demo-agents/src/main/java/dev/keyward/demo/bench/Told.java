package dev.keyward.demo.bench;

/// What calls are sent as one line of JSON, and what is right of an answer.
final class Told {
  static final String INITIALIZE =
      """
      {"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25",\
      "capabilities":{},"clientInfo":{"name":"bench","version":"1"}}}\
      """;
  static final String INITIALIZED =
      "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}";

  private Told() {}

  /// {@return the call of that number}
  static String call(int number, String tool) {
    return "{\"jsonrpc\":\"2.0\",\"id\":\"c"
        + number
        + "\",\"method\":\"tools/call\",\"params\":{\"name\":\""
        + tool
        + "\",\"arguments\":{\"item\":\"item-0007\"}}}";
  }

  /// {@return whether `answer` is the right one to the call of that number}
  static boolean right(String answer, int number) {
    return answer.contains("\"id\":\"c" + number + "\"")
        && answer.contains(Item.MARK)
        && !answer.contains(Item.UNDECLARED)
        && !answer.contains("\"isError\":true");
  }
}
