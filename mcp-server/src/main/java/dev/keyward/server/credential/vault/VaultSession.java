package dev.keyward.server.credential.vault;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import dev.keyward.redaction.Secret;
import dev.keyward.server.config.VaultSettings.Login;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The broker's way into Vault: one token, kept alive, and replaced when it ends.
///
/// Whoever needs a token while another gets one waits for that one. There is no fallback: without a
/// token of its own the broker asks nothing. Safe for all threads.
final class VaultSession implements AutoCloseable {
  private static final System.Logger log = System.getLogger(VaultSession.class.getName());
  private static final Duration PAUSE = Duration.ofSeconds(10);

  private static final Duration AFTER_FAILURE = Duration.ofSeconds(2);

  private static final double PART_OF_LIFE = 2.0 / 3;
  private static final double JITTER = 0.1;

  private final VaultClient client;
  private final Login login;
  private final VaultLogin logins;
  private final Function<String, Optional<String>> environment;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final OwnSecrets known;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile @Nullable VaultToken current;
  private volatile Instant due = Instant.MIN;
  private volatile Optional<FileTime> read = Optional.empty();
  private @Nullable NoAnswer failure;
  private Instant failedUntil = Instant.MIN;
  private String trouble = "";

  /// A question that needs a token.
  @FunctionalInterface
  interface Question {
    VaultAnswer ask(Secret token) throws NoAnswer;
  }

  VaultSession(
      VaultClient client,
      Login login,
      Function<String, Optional<String>> environment,
      InstantSource clock,
      RandomGenerator random,
      OwnSecrets known) {
    this.client = client;
    this.login = login;
    this.logins = new VaultLogin(client, login, clock, known);
    this.environment = environment;
    this.clock = clock;
    this.random = random;
    this.known = known;
  }

  /// Asks with the token, and once more with another one if Vault says 403 and another is to be
  /// had.
  VaultAnswer ask(Question question) throws NoAnswer {
    VaultToken token = token();
    VaultAnswer answer = question.ask(token.value());
    if (answer.status() != VaultAnswer.FORBIDDEN) {
      return answer;
    }
    Optional<VaultToken> other = insteadOf(token);
    return other.isPresent() ? question.ask(other.get().value()) : answer;
  }

  /// {@return the token, which is got first where there is none}
  VaultToken token() throws NoAnswer {
    VaultToken token = current;
    if (token != null && token.livesAt(clock.instant())) {
      return token;
    }
    lock.lock();
    try {
      VaultToken now = current;
      return now != null && now.livesAt(clock.instant()) ? now : replaceUnlessJustFailed();
    } finally {
      lock.unlock();
    }
  }

  /// {@return whether [#tend] has something to do}
  boolean due() {
    return !clock.instant().isBefore(due) || fileChanged();
  }

  /// Whoever replaces the token's file wants the new one to be used, though the old one may live.
  private boolean fileChanged() {
    return login instanceof Login.TokenFile(var file)
        && current != null
        && !SecretFile.changed(file).equals(read);
  }

  /// Gets the first token, or renews or replaces the one there is, when it is time; never throws.
  void tend() {
    lock.lock();
    try {
      if (due()) {
        prolong();
        well();
      }
    } catch (NoAnswer e) {
      due = clock.instant().plus(PAUSE);
      troubled(e.why());
    } finally {
      lock.unlock();
    }
  }

  /// Gives a token back that a login made; anybody else's is left alone.
  @Override
  public void close() {
    VaultToken token = current;
    current = null;
    if (token != null && login.makesTokens()) {
      try {
        client.revokeSelf(token.value());
      } catch (NoAnswer e) {
        log.log(INFO, "the token at Vault could not be revoked and ends by itself: {0}", e.why());
      }
    }
  }

  private void prolong() throws NoAnswer {
    Instant now = clock.instant();
    VaultToken token = current;
    if (token == null || !token.livesAt(now) || fileChanged()) {
      replace();
    } else if (token.renewable()) {
      renew(token);
    } else {
      renewOtherwise(token);
    }
  }

  private void renew(VaultToken token) throws NoAnswer {
    VaultAnswer answer = client.renewSelf(token.value());
    if (answer.status() != VaultAnswer.OK) {
      if (answer.passing()) {
        throw NoAnswer.of(answer);
      }
      renewOtherwise(token); // revoked, or not renewable after all
      return;
    }
    VaultToken renewed = token.renewed(answer, clock.instant());
    if (renewed.nearItsEnd(clock.instant())) {
      renewOtherwise(renewed);
    } else {
      adopt(renewed);
    }
  }

  /// A token of which no renewal is to be had: another one takes its place where there is one.
  private void renewOtherwise(VaultToken token) throws NoAnswer {
    if (login.makesTokens() || !given().equals(token.value())) {
      replace();
      return;
    }
    adopt(token.spent());
    due = clock.instant().plus(PAUSE);
    throw new NoAnswer("the token cannot be renewed any more; give the broker another one");
  }

  /// {@return another token than `used`, which Vault has refused; empty if that is not why}
  private Optional<VaultToken> insteadOf(VaultToken used) throws NoAnswer {
    lock.lock();
    try {
      VaultToken now = current;
      if (now != null && !now.value().equals(used.value())) {
        return Optional.of(now);
      }
      if (client.lookUpSelf(used.value()).status() == VaultAnswer.OK) {
        return Optional.empty(); // it lives, and may not do what it was used for
      }
      current = null;
      known.replaced(used);
      return Optional.of(replaceUnlessJustFailed());
    } finally {
      lock.unlock();
    }
  }

  /// Those who waited while somebody else failed do not try the same one after the other.
  private VaultToken replaceUnlessJustFailed() throws NoAnswer {
    NoAnswer before = failure;
    if (before != null && clock.instant().isBefore(failedUntil)) {
      throw before;
    }
    try {
      return replace();
    } catch (NoAnswer e) {
      failure = e;
      failedUntil = clock.instant().plus(AFTER_FAILURE);
      throw e;
    }
  }

  private VaultToken replace() throws NoAnswer {
    VaultToken old = current;
    VaultToken made =
        switch (login) {
          case Login.TokenFile _, Login.TokenVariable _ -> lookedUp(given());
          case Login.AppRole _, Login.WrappedAppRole _, Login.Jwt _, Login.Certificate _ ->
              logins.token();
        };
    if (old != null && !old.value().equals(made.value())) {
      known.replaced(old);
    }
    adopt(made);
    return made;
  }

  private void adopt(VaultToken token) {
    Instant now = clock.instant();
    current = token;
    due = token.expires().isEmpty() ? Instant.MAX : now.plus(untilRenewal(token.left(now)));
  }

  private Duration untilRenewal(Duration left) {
    double part = PART_OF_LIFE * (1 - JITTER + 2 * JITTER * random.nextDouble());
    return Duration.ofMillis((long) (left.toMillis() * part));
  }

  private VaultToken lookedUp(Secret value) throws NoAnswer {
    known.add(value);
    return VaultToken.ofLookup(value, client.lookUpSelf(value), clock.instant());
  }

  /// {@return the token that the operator gives the broker}
  private Secret given() throws NoAnswer {
    return switch (login) {
      case Login.TokenFile(var file) -> {
        read = SecretFile.changed(file);
        yield SecretFile.read(file);
      }
      case Login.TokenVariable(var name) ->
          environment
              .apply(name)
              .map(String::strip)
              .filter(SecretFile::sendable)
              .map(Secret::of)
              .orElseThrow(
                  () -> new NoAnswer("the environment variable " + name + " holds no token"));
      case Login.AppRole _, Login.WrappedAppRole _, Login.Jwt _, Login.Certificate _ ->
          throw new IllegalStateException("such a broker logs in");
    };
  }

  private void troubled(String why) {
    if (!why.equals(trouble)) {
      trouble = why;
      log.log(WARNING, "no good token at Vault: {0}", why);
    }
  }

  private void well() {
    if (!trouble.isEmpty()) {
      trouble = "";
      log.log(INFO, "the token at Vault is good again");
    }
  }
}
