package dev.keyward.server.credential.lease;

import com.sun.net.httpserver.HttpExchange;
import dev.keyward.redaction.Secret;
import dev.keyward.redaction.TouchesSecret;
import dev.keyward.server.StandIn;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// An OAuth server that knows which of its tokens are good, and takes them back (RFC 7009).
final class TokenIssuer {
  private final StandIn server;
  private final AtomicInteger made = new AtomicInteger();
  private final AtomicInteger asked = new AtomicInteger();
  private final Set<String> good = ConcurrentHashMap.newKeySet();
  private volatile Optional<StandIn.Script> instead = Optional.empty();
  private volatile String lifetime = ",\"expires_in\":300";
  private volatile Runnable beforeToken = () -> {};

  /// Answers in the place of `server`.
  TokenIssuer(StandIn server) {
    this.server = server;
    server.answers(this::answer);
  }

  private void answer(HttpExchange exchange) throws IOException {
    if (exchange.getRequestURI().getPath().equals("/token")) {
      String token = "canary-token-" + made.incrementAndGet();
      good.add(token);
      beforeToken.run();
      StandIn.json(
              "{\"access_token\":\"%s\",\"token_type\":\"bearer\"%s}".formatted(token, lifetime))
          .answer(exchange);
      return;
    }
    asked.incrementAndGet();
    if (instead.isPresent()) {
      instead.get().answer(exchange);
      return;
    }
    String form = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    Arrays.stream(form.split("&", -1))
        .filter(field -> field.startsWith("token="))
        .forEach(field -> good.remove(field.substring("token=".length())));
    StandIn.of(200, "text/plain", "goodbye").answer(exchange);
  }

  /// {@return where it listens}
  URI origin() {
    return server.origin();
  }

  /// {@return the tokens that open something}
  Set<String> good() {
    return Set.copyOf(good);
  }

  @TouchesSecret
  boolean takes(Secret token) {
    return token.use(good::contains);
  }

  /// {@return how many tokens it has made}
  int made() {
    return made.get();
  }

  /// {@return how often it was asked to take one back}
  int asked() {
    return asked.get();
  }

  /// From now on it does this when it is asked to take a token back.
  void revokes(StandIn.Script script) {
    instead = Optional.of(script);
  }

  /// From now on it takes tokens back.
  void revokes() {
    instead = Optional.empty();
  }

  /// From now on it does not say how long its tokens work.
  void saysNoLifetime() {
    lifetime = "";
  }

  /// What happens between its making of a token and its answer.
  void beforeToken(Runnable what) {
    beforeToken = what;
  }

  List<StandIn.Seen> journal() {
    return server.journal();
  }
}
