package dev.keyward.server.token;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jose.jwk.JWK;
import dev.keyward.redaction.Secret;
import dev.keyward.redaction.TouchesSecret;
import dev.keyward.server.config.TrustedIssuer;
import dev.keyward.server.token.BadToken.Why;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Tells which tokens are good: issuer, signature, audience and times, as RFC 9068 section 4 asks.
/// Thread-safe; may block while an issuer's keys are fetched.
///
/// What was found good once is remembered by the token's hash for as long as the token lasts and
/// the issuer's keys stay as they are.
public final class TrustedTokens implements AutoCloseable {
  private static final Duration CLOCKS_DIFFER = Duration.ofSeconds(30);
  private static final int MOST_REMEMBERED = 2_000;
  private static final int MAX_SUBJECT = 512;
  private static final double LATEST = Instant.parse("9999-01-01T00:00:00Z").getEpochSecond();

  private final Map<String, Trusted> issuers = new HashMap<>();
  private final InstantSource clock;
  private final Cache<String, Good> good =
      Caffeine.newBuilder().maximumSize(MOST_REMEMBERED).executor(Runnable::run).build();

  private record Trusted(TrustedIssuer issuer, IssuerKeys keys) {}

  private record Good(Claims claims, Trusted by, KeySet keys) {}

  /// Trusts `trusted`, each of another name.
  ///
  /// @throws IllegalArgumentException if a file of certificate authorities is of no use
  public TrustedTokens(Collection<TrustedIssuer> trusted, InstantSource clock) {
    this.clock = clock;
    trusted.forEach(
        issuer -> issuers.put(issuer.name(), new Trusted(issuer, new IssuerKeys(issuer, clock))));
  }

  /// {@return what `token` says}
  ///
  /// @throws BadToken if it counts for nothing
  public Claims read(Secret token) {
    String hash = hash(token);
    @Nullable Good known = good.getIfPresent(hash);
    if (known != null && known.keys == known.by.keys.current()) {
      return inTime(known.claims);
    }
    good.invalidate(hash);
    Good found = check(SignedToken.parse(token));
    good.put(hash, found);
    return found.claims;
  }

  /// Renews what is known of the issuers' keys. To be called now and then.
  public void tend() {
    issuers.values().forEach(trusted -> trusted.keys.tend());
  }

  @Override
  public void close() {
    issuers.values().forEach(trusted -> trusted.keys.close());
  }

  private Good check(SignedToken token) {
    Trusted by =
        Optional.ofNullable(issuers.get(token.issuer()))
            .orElseThrow(() -> new BadToken("", Why.ISSUER));
    String issuer = by.issuer.name();
    require(by.issuer.algorithms().contains(token.algorithm()), issuer, Why.ALGORITHM);
    require(token.usual(), issuer, Why.TYPE);
    KeySet keys = signer(token, by);
    JsonNode payload = token.payload();
    require(names(payload.path("aud"), by.issuer.audience()), issuer, Why.AUDIENCE);
    require(!payload.has("cnf"), issuer, Why.BOUND);
    requireBegun(payload, issuer);
    JsonNode subject = payload.path("sub");
    require(subject.isString() && length(subject) <= MAX_SUBJECT, issuer, Why.NO_SUBJECT);
    var claims = new Claims(issuer, subject.stringValue(), end(payload, issuer), payload);
    return new Good(inTime(claims), by, keys);
  }

  /// {@return the keys with which the signature was found good}
  private static KeySet signer(SignedToken token, Trusted by) {
    KeySet keys = by.keys.current();
    List<JWK> fitting = keys.fitting(token.header());
    if (fitting.isEmpty()) {
      keys = by.keys.newerThan(keys);
      fitting = keys.fitting(token.header());
    }
    require(!fitting.isEmpty(), by.issuer.name(), Why.UNKNOWN_KEY);
    require(fitting.stream().anyMatch(token::signedBy), by.issuer.name(), Why.SIGNATURE);
    return keys;
  }

  private static boolean names(JsonNode audience, String wanted) {
    if (audience.isArray()) {
      for (JsonNode one : audience) {
        if (one.isString() && one.stringValue().equals(wanted)) {
          return true;
        }
      }
      return false;
    }
    return audience.isString() && audience.stringValue().equals(wanted);
  }

  private void requireBegun(JsonNode payload, String issuer) {
    Instant latest = clock.instant().plus(CLOCKS_DIFFER);
    for (String claim : List.of("nbf", "iat")) {
      JsonNode at = payload.path(claim);
      require(
          at.isMissingNode() || (at.isNumber() && !time(at).isAfter(latest)), issuer, Why.NOT_YET);
    }
  }

  private static Instant end(JsonNode payload, String issuer) {
    JsonNode end = payload.path("exp");
    require(end.isNumber(), issuer, Why.EXPIRED);
    return time(end);
  }

  private Claims inTime(Claims claims) {
    require(clock.instant().isBefore(claims.expires()), claims.issuer(), Why.EXPIRED);
    return claims;
  }

  private static Instant time(JsonNode seconds) {
    return Instant.ofEpochSecond((long) Math.clamp(seconds.doubleValue(), 0, LATEST));
  }

  private static int length(JsonNode text) {
    return text.stringValue().isEmpty() ? Integer.MAX_VALUE : text.stringValue().length();
  }

  private static void require(boolean held, String issuer, Why otherwise) {
    if (!held) {
      throw new BadToken(issuer, otherwise);
    }
  }

  @TouchesSecret
  private static String hash(Secret token) {
    return token.use(text -> sha256(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
