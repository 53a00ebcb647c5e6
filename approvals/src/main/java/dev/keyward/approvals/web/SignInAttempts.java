package dev.keyward.approvals.web;

import dev.keyward.redaction.Secret;
import dev.keyward.redaction.TouchesSecret;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Attempts to sign in elsewhere, each bound to the browser that began it by a cookie of ten
/// minutes.
final class SignInAttempts {
  private static final String NAME = "keyward_sign_in";
  private static final String BACK = "/sign-in/openid/callback";
  private static final Cookie[] NONE = {};

  private final RandomGenerator random;
  private final URI back;
  private final String name;
  private final String attributes;

  SignInAttempts(URI origin, RandomGenerator random) {
    boolean https = "https".equalsIgnoreCase(origin.getScheme());
    this.random = random;
    this.back = origin.resolve(BACK);
    this.name = https ? "__Host-" + NAME : NAME;
    this.attributes = "; Path=/; HttpOnly; SameSite=Lax" + (https ? "; Secure" : "");
  }

  /// Begins an attempt, and gives the browser its cookie.
  @TouchesSecret
  OutsideSignIn.Attempt begin(HttpServletResponse response) {
    Secret token;
    synchronized (random) {
      token = Tokens.random(random);
    }
    response.addHeader(
        "Set-Cookie", token.use(text -> name + "=" + text + attributes + "; Max-Age=600"));
    return attempt(token);
  }

  /// {@return the attempt of the browser that comes back, which ends with it; empty if `state` is
  /// not that attempt's}
  Optional<OutsideSignIn.Attempt> end(
      HttpServletRequest request, HttpServletResponse response, String state) {
    response.addHeader("Set-Cookie", name + "=" + attributes + "; Max-Age=0");
    List<String> values =
        Arrays.stream(Objects.requireNonNullElse(request.getCookies(), NONE))
            .filter(cookie -> cookie.getName().equals(name))
            .map(Cookie::getValue)
            .toList();
    return values.size() == 1 && !values.getFirst().isEmpty()
        ? Optional.of(attempt(Secret.of(values.getFirst())))
            .filter(attempt -> Tokens.same(attempt.state(), state))
        : Optional.empty();
  }

  private OutsideSignIn.Attempt attempt(Secret token) {
    return new OutsideSignIn.Attempt(
        back,
        Tokens.derived(token, "keyward sign-in state 1"),
        Tokens.derived(token, "keyward sign-in nonce 1"),
        Secret.of(Tokens.derived(token, "keyward sign-in verifier 1")));
  }
}
