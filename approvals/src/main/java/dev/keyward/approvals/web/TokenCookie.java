package dev.keyward.approvals.web;

import dev.keyward.redaction.Secret;
import dev.keyward.redaction.TouchesSecret;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// A token of ours as browsers carry it: a cookie that no script reads, and that is bound to this
/// very host where the pages are reached over https.
final class TokenCookie {
  private static final Cookie[] NONE = {};

  private final String name;
  private final String attributes;

  /// @param sameSite `Strict`, or `Lax` where the browser has to bring it when it comes from
  ///   another site
  TokenCookie(URI origin, String name, String sameSite) {
    boolean https = "https".equalsIgnoreCase(origin.getScheme());
    this.name = https ? "__Host-" + name : name;
    this.attributes = "; Path=/; HttpOnly; SameSite=" + sameSite + (https ? "; Secure" : "");
  }

  /// {@return what this request carries; of two cookies of the name neither counts}
  Optional<Secret> in(HttpServletRequest request) {
    Cookie[] cookies = Objects.requireNonNullElse(request.getCookies(), NONE);
    List<String> values =
        Arrays.stream(cookies)
            .filter(cookie -> cookie.getName().equals(name))
            .map(Cookie::getValue)
            .toList();
    boolean one = values.size() == 1 && !values.getFirst().isEmpty();
    return one ? Optional.of(Secret.of(values.getFirst())) : Optional.empty();
  }

  /// Gives it to the browser, until that is closed.
  void give(HttpServletResponse response, Secret token) {
    give(response, token, "");
  }

  /// Gives it to the browser for so long.
  void give(HttpServletResponse response, Secret token, Duration life) {
    give(response, token, "; Max-Age=" + life.toSeconds());
  }

  @TouchesSecret
  private void give(HttpServletResponse response, Secret token, String life) {
    response.addHeader("Set-Cookie", token.use(text -> name + "=" + text + attributes + life));
  }

  void takeBack(HttpServletResponse response) {
    response.addHeader("Set-Cookie", name + "=" + attributes + "; Max-Age=0");
  }
}
