package dev.keyward.server;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// An OAuth server with one account. It replaces a refresh token at each use, and takes one that is
/// used twice for stolen: then nothing of the account is good any more (RFC 9700, section 4.14.2).
final class RotatingIssuer {
  static final String REFRESH = "canary-refresh-7Hq2Lm-";
  static final String ACCESS = "canary-access-9Kd4Xs-";

  private final AtomicInteger made = new AtomicInteger();
  private final AtomicInteger refreshes = new AtomicInteger();
  private final Map<String, String> challenges = new ConcurrentHashMap<>(); // by code
  private final Set<String> spent = ConcurrentHashMap.newKeySet();
  private final Set<String> access = ConcurrentHashMap.newKeySet();
  private volatile String newest = "";
  private volatile boolean echoes;

  /// The owner of the account agrees on the page; returns where the browser is sent.
  URI agree(URI page) {
    Map<String, String> query = form(page.getRawQuery());
    String code = "code-" + made.incrementAndGet();
    challenges.put(code, query.get("code_challenge_method") + query.get("code_challenge"));
    return URI.create(query.get("redirect_uri") + "?code=" + code + "&state=" + query.get("state"));
  }

  /// {@return how often it was asked for a token by refresh token}
  int refreshes() {
    return refreshes.get();
  }

  /// {@return whether an access token is good}
  boolean takes(String token) {
    return access.contains(token);
  }

  /// {@return the refresh token that it takes; empty where there is none}
  String newest() {
    return newest;
  }

  /// From now on its errors repeat what they were shown.
  void echoes() {
    echoes = true;
  }

  /// Somebody else uses the refresh token.
  void stolen() {
    refresh(newest);
  }

  /// Answers `/token` and `/revoke`.
  ///
  /// @return whether it was one of these
  boolean answers(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    Map<String, String> form = form(new String(body, StandardCharsets.UTF_8));
    switch (exchange.getRequestURI().getPath()) {
      case "/token" -> token(form).answer(exchange);
      case "/revoke" -> {
        if (form.getOrDefault("token", "").equals(newest)) {
          end();
        }
        access.remove(form.getOrDefault("token", ""));
        StandIn.of(200, "text/plain", "").answer(exchange);
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private StandIn.Script token(Map<String, String> form) {
    if (form.getOrDefault("grant_type", "").equals("authorization_code")) {
      String wanted = challenges.remove(form.getOrDefault("code", ""));
      return ("S256" + challenge(form.getOrDefault("code_verifier", ""))).equals(wanted)
          ? given()
          : refused(form);
    }
    refreshes.incrementAndGet();
    return refresh(form.getOrDefault("refresh_token", "")) ? given() : refused(form);
  }

  private synchronized boolean refresh(String token) {
    if (spent.contains(token)) {
      end();
    }
    boolean good = !token.isEmpty() && token.equals(newest);
    if (good) {
      spent.add(token);
      newest = REFRESH + made.incrementAndGet();
    }
    return good;
  }

  private synchronized StandIn.Script given() {
    if (newest.isEmpty()) {
      newest = REFRESH + made.incrementAndGet();
    }
    String token = ACCESS + made.incrementAndGet();
    access.add(token);
    return StandIn.json(
        "{\"access_token\":\"%s\",\"refresh_token\":\"%s\",\"token_type\":\"bearer\",\"expires_in\":300}"
            .formatted(token, newest));
  }

  private StandIn.Script refused(Map<String, String> form) {
    String said = echoes ? form.toString() : "no";
    return StandIn.of(
        400,
        "application/json",
        "{\"error\":\"invalid_grant\",\"error_description\":\"" + said + "\"}");
  }

  private void end() {
    newest = "";
    access.clear();
  }

  private static Map<String, String> form(String text) {
    Map<String, String> form = new HashMap<>();
    for (String field : text.split("&", -1)) {
      int equals = field.indexOf('=');
      if (equals > 0) {
        form.put(
            field.substring(0, equals),
            URLDecoder.decode(field.substring(equals + 1), StandardCharsets.UTF_8));
      }
    }
    return form;
  }

  private static String challenge(String verifier) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
