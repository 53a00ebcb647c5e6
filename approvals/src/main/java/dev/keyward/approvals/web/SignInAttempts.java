package dev.keyward.approvals.web;

import dev.keyward.redaction.Secret;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Attempts to sign in elsewhere, each bound to the browser that began it by a cookie of ten
/// minutes.
final class SignInAttempts {
  private static final Duration LIFETIME = Duration.ofMinutes(10);
  private static final String BACK = "/sign-in/openid/callback";

  private final RandomGenerator random;
  private final URI back;
  private final TokenCookie cookie;

  SignInAttempts(URI origin, RandomGenerator random) {
    this.random = random;
    this.back = origin.resolve(BACK);
    this.cookie = new TokenCookie(origin, "keyward_sign_in", "Lax");
  }

  /// Begins an attempt, and gives the browser its cookie.
  OutsideSignIn.Attempt begin(HttpServletResponse response) {
    Secret token;
    synchronized (random) {
      token = Tokens.random(random);
    }
    cookie.give(response, token, LIFETIME);
    return attempt(token);
  }

  /// {@return the attempt of the browser that comes back, which ends with it; empty if `state` is
  /// not that attempt's}
  Optional<OutsideSignIn.Attempt> end(
      HttpServletRequest request, HttpServletResponse response, String state) {
    cookie.takeBack(response);
    return cookie
        .in(request)
        .map(this::attempt)
        .filter(attempt -> Tokens.same(attempt.state(), state));
  }

  private OutsideSignIn.Attempt attempt(Secret token) {
    return new OutsideSignIn.Attempt(
        back,
        Tokens.derived(token, "keyward sign-in state 1"),
        Tokens.derived(token, "keyward sign-in nonce 1"),
        Secret.of(Tokens.derived(token, "keyward sign-in verifier 1")));
  }
}
