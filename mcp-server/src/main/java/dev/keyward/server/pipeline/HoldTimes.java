package dev.keyward.server.pipeline;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/// How long a call that people must agree to is held before it is answered as pending.
///
/// Clients give up at different times, and a call that a client has given up on tells its model
/// nothing. So each is held for less time than the client of that name waits, and one of an unknown
/// name not at all. A client that lies about its name holds only its own calls.
///
/// @param byClient by the name that a client gives itself
/// @param otherwise for all other clients
public record HoldTimes(Map<String, Duration> byClient, Duration otherwise) {
  /// What is known of clients: when they give up a call, less a margin. The shortest of a product's
  /// limits counts where its editions give the same name.
  private static final Map<String, Duration> KNOWN =
      Map.of(
          "claude-code", Duration.ofSeconds(45),
          "claude-ai", Duration.ofSeconds(45),
          "codex-mcp-client", Duration.ofSeconds(240),
          "cursor-vscode", Duration.ofSeconds(240));

  /// Copies the map.
  public HoldTimes {
    byClient = Map.copyOf(byClient);
  }

  /// {@return what is known of clients, as far as the operator has not said otherwise}
  ///
  /// @param said by the client's name; `default` is every client that is not named
  public static HoldTimes of(Map<String, Duration> said) {
    Map<String, Duration> all = new HashMap<>(KNOWN);
    all.putAll(said);
    Duration otherwise = said.getOrDefault("default", Duration.ZERO);
    return new HoldTimes(all, otherwise);
  }

  /// {@return how long calls of this client are held}
  Duration of(String client) {
    return byClient.getOrDefault(client, otherwise);
  }
}
