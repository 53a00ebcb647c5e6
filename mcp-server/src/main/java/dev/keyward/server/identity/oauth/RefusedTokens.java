package dev.keyward.server.identity.oauth;

import static java.lang.System.Logger.Level.WARNING;

import dev.keyward.server.token.BadToken;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Tells the operator why tokens are refused, each reason of each issuer once a minute at most, so
/// that whoever knocks cannot fill the log. Thread-safe.
public final class RefusedTokens {
  private static final System.Logger log = System.getLogger(RefusedTokens.class.getName());
  private static final Duration EVERY = Duration.ofMinutes(1);

  private final InstantSource clock;
  private final Map<Reason, Instant> told = new ConcurrentHashMap<>();

  private record Reason(String issuer, BadToken.Why why) {}

  /// Has told nothing yet.
  public RefusedTokens(InstantSource clock) {
    this.clock = clock;
  }

  void note(BadToken bad) {
    Instant now = clock.instant();
    told.compute(
        new Reason(bad.issuer(), bad.why()),
        (reason, last) -> {
          if (last != null && now.isBefore(last.plus(EVERY))) {
            return last;
          }
          String whose = reason.issuer.isEmpty() ? "a token" : "a token of " + reason.issuer;
          log.log(WARNING, whose + " was refused: " + reason.why.words());
          return now;
        });
  }
}
