package dev.keyward.server.credential.mint;

import dev.keyward.call.Hashes;
import dev.keyward.call.PersonId;
import dev.keyward.catalog.CredentialRef;
import dev.keyward.redaction.Secret;
import dev.keyward.redaction.TouchesSecret;
import dev.keyward.server.config.MintSettings;
import dev.keyward.server.config.MintSettings.Account;
import dev.keyward.server.credential.Connections;
import dev.keyward.server.credential.Lookup;
import dev.keyward.server.credential.Revoker.Revoked;
import dev.keyward.server.upstream.Enquiries;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import javax.crypto.SecretKey;
import tools.jackson.databind.JsonNode;

/// Connects accounts: OAuth's authorization code with PKCE (RFC 7636), sent back to the operator's
/// own machine (RFC 8252).
///
/// Nothing is kept between the two halves: the verifier is derived from the state, which only its
/// maker can make, so that either half may be done by another process. Safe for all threads.
public final class Accounts {
  private static final int STATE_BYTES = 32;
  private static final Duration LONGEST = Duration.ofMinutes(15);
  private static final Pattern LOOPBACK =
      Pattern.compile("http://(?:127\\.0\\.0\\.1|\\[::1\\]):[0-9]{1,5}/[A-Za-z0-9/_-]*");

  private final Map<String, Described> described = new HashMap<>();
  private final Connections connections;
  private final Function<CredentialRef, Lookup> base;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final SecretKey key;

  private record Described(Account account, Optional<String> scope, OAuthClient client) {}

  /// Who connects an account, and how their browser comes back.
  ///
  /// @param back where the browser is sent afterwards
  /// @param session names the browser's session, which alone can finish it; empty for the
  ///   operator's command, whose browser comes back to their own machine
  public record Way(URI back, String session) {
    /// {@return that of the operator's command}
    public static Way ofOperator(URI back) {
      return new Way(back, "");
    }
  }

  /// What the operator has to open, and what comes back with them.
  ///
  /// @param page where they agree
  /// @param state comes back with the code, and must be handed to [#finish]
  public record Begun(URI page, String state) {}

  /// What somebody is to agree to.
  ///
  /// @param page without what an attempt adds to it
  public record Asked(URI page, String scope) {}

  /// It cannot be done; the message is the operator's to read, and repeats nothing of an answer.
  @SuppressWarnings("serial") // never serialized
  public static final class Refused extends Exception {
    private Refused(String why) {
      super(why, null, false, false);
    }
  }

  /// Asks nobody anything yet.
  ///
  /// @param base looks up client secrets; the redactor knows them when it returns
  /// @param random a secure one
  /// @param key for HMAC-SHA256, for nothing else
  public Accounts(
      List<MintSettings> settings,
      Enquiries enquiries,
      Connections connections,
      Function<CredentialRef, Lookup> base,
      InstantSource clock,
      RandomGenerator random,
      SecretKey key) {
    this.connections = connections;
    this.base = base;
    this.clock = clock;
    this.random = random;
    this.key = key;
    var issuer = new Issuer(enquiries);
    for (MintSettings one : settings) {
      if (one.way() instanceof Account account) {
        described.put(
            one.name(),
            new Described(account, one.scope(), new OAuthClient(issuer, account.client(), random)));
      }
    }
  }

  /// {@return the names of all accounts that the settings describe}
  public List<String> names() {
    return described.keySet().stream().sorted().toList();
  }

  /// {@return the page on which somebody agrees, and what they are asked for}
  ///
  /// @throws Refused if there is no such account
  public Asked asked(String name) throws Refused {
    Described how = described(name);
    return new Asked(how.account.authorizationEndpoint(), how.scope.orElse(""));
  }

  /// Begins to connect an account; for a quarter of an hour.
  public Begun begin(String name, Way way) throws Refused {
    Described how = described(name);
    if (way.session.isEmpty() && !LOOPBACK.matcher(way.back.toString()).matches()) {
      throw new Refused("the way back must be http://127.0.0.1:PORT/…");
    }
    byte[] fresh = new byte[STATE_BYTES];
    random.nextBytes(fresh);
    String nonce = base64(fresh) + "." + clock.instant().getEpochSecond();
    String state = nonce + "." + tag("state", name, way, nonce);
    var query = new Form();
    query
        .add("response_type", "code")
        .add("client_id", how.account.client().id())
        .add("redirect_uri", way.back.toString())
        .add("scope", how.scope)
        .add("state", state)
        .add("code_challenge", challenge(verifier(name, way, nonce)))
        .add("code_challenge_method", "S256");
    String page = how.account.authorizationEndpoint().toString();
    return new Begun(URI.create(page + (page.contains("?") ? "&" : "?") + query.open()), state);
  }

  /// Connects the account with the code that came back, once; an account that was connected before
  /// is replaced.
  ///
  /// @param way as in [#begin]
  /// @param state as it came back
  /// @param by who connects it; absent: the operator
  /// @return the account's name
  public String finish(Way way, String state, Secret code, Optional<PersonId> by) throws Refused {
    String nonce = state.substring(0, Math.max(0, state.lastIndexOf('.')));
    String name =
        names().stream()
            .filter(one -> same(state, nonce + "." + tag("state", one, way, nonce)))
            .findFirst()
            .orElseThrow(() -> new Refused("what came back belongs to no attempt of yours"));
    if (over(nonce) || !connections.first(nonce)) {
      throw new Refused("what came back is used already, or too old; begin again");
    }
    Described how = described(name);
    var form =
        new Form()
            .add("grant_type", "authorization_code")
            .add("code", code)
            .add("redirect_uri", way.back.toString())
            .add("code_verifier", verifier(name, way, nonce));
    try {
      JsonNode answer = how.client.token(form, making());
      Secret token =
          RefreshGrant.newer(answer)
              .orElseThrow(
                  () ->
                      new Refused(
                          "the issuer gives no refresh token; ask it for offline access, often"
                              + " the scope offline_access"));
      String scope =
          TokenAnswer.oauth(answer, clock.instant()).scope().or(() -> how.scope).orElse("");
      connections.connect(name, token, scope, by);
      return name;
    } catch (MintFault e) {
      throw new Refused("the account is not connected: the credential " + e.why());
    }
  }

  /// Asks the issuer to take back the refresh token of an account, and with it what was made of it.
  public Revoked revoke(String name) {
    Optional<TakeBack> how =
        Optional.ofNullable(described.get(name))
            .flatMap(account -> account.client.takeBack("refresh_token"));
    if (how.isEmpty()) {
      return new Revoked.NotPossible();
    }
    try {
      Optional<Connections.Turn> turn = connections.take(name);
      if (turn.isEmpty()) {
        return new Revoked.NotPossible();
      }
      try (Connections.Turn taken = turn.get()) {
        how.get().ask(taken.token(), making());
        return new Revoked.Done();
      }
    } catch (Connections.Busy | MintFault e) {
      return new Revoked.Failed(String.valueOf(e.getMessage()));
    }
  }

  private Making making() {
    return Making.forNobody(clock.instant(), base);
  }

  private Described described(String name) throws Refused {
    Described how = described.get(name);
    if (how == null) {
      throw new Refused(name + " is no credential of kind oauth_refresh_token in config.yaml");
    }
    return how;
  }

  /// Only what this broker has made gets here, so there is a number after the dot.
  private boolean over(String nonce) {
    Instant begun =
        Instant.ofEpochSecond(Long.parseLong(nonce.substring(nonce.lastIndexOf('.') + 1)));
    return clock.instant().isAfter(begun.plus(LONGEST));
  }

  private Secret verifier(String name, Way way, String nonce) {
    return Secret.of(tag("verifier", name, way, nonce));
  }

  private String tag(String purpose, String name, Way way, String nonce) {
    return base64(
        Hashes.hmac(
            key, String.join("\n", purpose, name, way.back.toString(), way.session, nonce)));
  }

  @TouchesSecret
  private static String challenge(Secret verifier) {
    return verifier.use(text -> base64(Hashes.sha256(utf8(text))));
  }

  private static boolean same(String one, String other) {
    return MessageDigest.isEqual(utf8(one), utf8(other));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
