package dev.keyward.server.token;

import static java.lang.System.Logger.Level.WARNING;

import dev.keyward.server.config.TrustedIssuer;
import dev.keyward.server.config.TrustedIssuer.KeyPlace;
import dev.keyward.server.token.BadToken.Why;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/// The keys of one issuer, kept and renewed. Thread-safe.
///
/// They are read again after ten minutes, and at once when a token names one that is not among
/// them, but never more often than every ten seconds, whatever tokens come. While the issuer cannot
/// be asked, those that are known serve for an hour; then none do.
final class IssuerKeys implements AutoCloseable {
  private static final System.Logger log = System.getLogger(IssuerKeys.class.getName());
  private static final Duration FRESH = Duration.ofMinutes(10);
  private static final Duration LIFETIME = Duration.ofHours(1);
  private static final Duration BETWEEN_READS = Duration.ofSeconds(10);

  private final TrustedIssuer issuer;
  private final InstantSource clock;
  private final IssuerHttp http;
  private final ReentrantLock reading = new ReentrantLock();
  private volatile KeySet known = new KeySet(List.of(), Instant.EPOCH);
  private Instant tried = Instant.EPOCH; // guarded by reading

  IssuerKeys(TrustedIssuer issuer, InstantSource clock) {
    this.issuer = issuer;
    this.clock = clock;
    this.http = new IssuerHttp(issuer.ca());
  }

  /// {@return the keys, the same object until they have been read again}
  ///
  /// @throws BadToken if none may be relied on
  KeySet current() {
    KeySet now = known;
    return age(now.read()).compareTo(LIFETIME) < 0 ? now : newerThan(now);
  }

  /// {@return the keys after a look for newer ones than `seen`, if it is time for one}
  ///
  /// @throws BadToken if none may be relied on
  KeySet newerThan(KeySet seen) {
    reading.lock();
    try {
      if (known == seen) {
        readIfTime();
      }
    } finally {
      reading.unlock();
    }
    if (age(known.read()).compareTo(LIFETIME) >= 0) {
      throw new BadToken(issuer.name(), Why.NO_KEYS);
    }
    return known;
  }

  /// Reads the keys again if they are no longer fresh. To be called now and then; does not throw.
  void tend() {
    if (known.read().equals(Instant.EPOCH) || age(known.read()).compareTo(FRESH) < 0) {
      return; // read when the first token comes
    }
    reading.lock();
    try {
      readIfTime();
    } finally {
      reading.unlock();
    }
  }

  @Override
  public void close() {
    http.close();
  }

  private void readIfTime() {
    if (age(tried).compareTo(BETWEEN_READS) < 0) {
      return;
    }
    tried = clock.instant();
    try {
      known = KeySet.parse(text(), tried);
    } catch (IOException e) {
      log.log(WARNING, "the keys of " + issuer.name() + " cannot be read: " + e.getMessage());
    }
  }

  private String text() throws IOException {
    return switch (issuer.keys()) {
      case KeyPlace.InFile(var file) -> Files.readString(file);
      case KeyPlace.At(var url) -> http.get(url).toString();
      case KeyPlace.Discovered(var name) ->
          http.get(IssuerMetadata.of(name, http).address("jwks_uri")).toString();
    };
  }

  /// A clock that has been set back makes everything old.
  private Duration age(Instant then) {
    Duration age = Duration.between(then, clock.instant());
    return age.isNegative() ? LIFETIME : age;
  }
}
