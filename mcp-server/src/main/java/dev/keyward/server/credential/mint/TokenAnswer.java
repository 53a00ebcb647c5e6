package dev.keyward.server.credential.mint;

import dev.keyward.redaction.Secret;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// Reads what issuers answer, strictly: a token that a header can carry, and a lifetime that makes
/// sense.
final class TokenAnswer {
  private static final Pattern TOKEN = Pattern.compile("[!-~]{1,16384}");
  private static final Pattern SCOPE = Pattern.compile("[!#-\\[\\]-~]+(?: [!#-\\[\\]-~]+)*");
  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,18}");
  private static final Duration LONGEST = Duration.ofDays(366);
  private static final int MOST_SCOPE = 256;

  private TokenAnswer() {}

  /// {@return an OAuth token (RFC 6749, section 5.1)}
  ///
  /// @param asked before the request left, so that the token is never thought to live longer
  static Fresh oauth(JsonNode answer, Instant asked) throws MintFault {
    if (!answer.path("token_type").asString("").equalsIgnoreCase("bearer")) {
      throw MintFault.lasting(
          "cannot be used: its issuer gives a token of another type than bearer");
    }
    return new Fresh(
        token(answer.path("access_token")),
        List.of(),
        expiresIn(answer.path("expires_in"), asked),
        scope(answer.path("scope")));
  }

  static Secret token(JsonNode token) throws MintFault {
    if (!token.isString() || !TOKEN.matcher(token.stringValue()).matches()) {
      throw MintFault.passing("cannot be used: its issuer's answer has no usable token");
    }
    return Secret.of(token.stringValue());
  }

  /// {@return when it ends, by a number of seconds, which some issuers write as text}
  static Optional<Instant> expiresIn(JsonNode seconds, Instant asked) throws MintFault {
    if (seconds.isMissingNode() || seconds.isNull()) {
      return Optional.empty();
    }
    String digits = seconds.isIntegralNumber() ? seconds.asString() : seconds.asString("");
    if (!SECONDS.matcher(digits).matches() || Long.parseLong(digits) == 0) {
      throw MintFault.passing("cannot be used: its lifetime is not a positive number of seconds");
    }
    long most = Math.min(Long.parseLong(digits), LONGEST.toSeconds());
    return Optional.of(asked.plusSeconds(most));
  }

  /// {@return `ends`, unless that is over or far off by the broker's clock}
  static Instant at(Instant ends, Instant asked) throws MintFault {
    if (!ends.isAfter(asked) || ends.isAfter(asked.plus(LONGEST))) {
      throw MintFault.passing(
          "cannot be used: by the broker's clock it is over already; compare the clocks");
    }
    return ends;
  }

  private static Optional<String> scope(JsonNode scope) throws MintFault {
    if (scope.isMissingNode() || scope.isNull() || scope.asString("").isEmpty()) {
      return Optional.empty();
    }
    String words = scope.asString("");
    if (words.length() > MOST_SCOPE || !SCOPE.matcher(words).matches()) {
      throw MintFault.passing("cannot be used: its scope is malformed or too long");
    }
    return Optional.of(words);
  }
}
