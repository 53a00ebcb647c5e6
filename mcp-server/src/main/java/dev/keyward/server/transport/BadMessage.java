package dev.keyward.server.transport;

import java.io.IOException;

/// What a client sent is not a message of the protocol; says which rule it breaks, never its text.
@SuppressWarnings("serial") // never serialized
final class BadMessage extends IOException {
  private final int code;

  private BadMessage(int code, String message) {
    super(message);
    this.code = code;
  }

  /// It cannot be read at all.
  static BadMessage notJson() {
    return new BadMessage(RpcReply.PARSE_ERROR, RpcReply.NOT_JSON);
  }

  /// It is JSON, but no request, notification or response.
  static BadMessage notAMessage() {
    return new BadMessage(RpcReply.INVALID_REQUEST, RpcReply.NOT_A_MESSAGE);
  }

  /// {@return the JSON-RPC error code}
  int code() {
    return code;
  }

  /// {@return the sentence for the client}
  String sentence() {
    return code == RpcReply.PARSE_ERROR ? RpcReply.NOT_JSON : RpcReply.NOT_A_MESSAGE;
  }
}
