package dev.keyward.server.credential.vault;

import dev.keyward.catalog.CredentialRef;
import dev.keyward.redaction.Secret;
import dev.keyward.server.config.VaultSettings;
import dev.keyward.server.credential.CredentialStore;
import dev.keyward.server.credential.KeptLookups;
import dev.keyward.server.credential.LeaseIssuer;
import dev.keyward.server.credential.Lookup;
import dev.keyward.server.credential.StoreFinding;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/// The store `vault`: values of Vault's or OpenBao's KV engines.
///
/// What was read is kept in memory only, for the time that the settings say, so that calls cost
/// Vault nothing; that a value is missing is kept for a few seconds, that Vault does not answer for
/// two. Of many who ask at once one asks Vault. A kept value serves until its time is over even if
/// Vault is down, and not a moment longer. Opening it asks nothing, so the broker starts without
/// Vault. Safe for all threads; callers wait and are meant to be virtual threads.
public final class VaultCredentials implements CredentialStore, AutoCloseable {
  /// The store's name in references.
  public static final String STORE = "vault";

  private static final Duration MISSING = Duration.ofSeconds(5);
  private static final Duration UNAVAILABLE = Duration.ofSeconds(2);

  /// How often one reference may be asked for past what is kept.
  private static final Duration FORCED = Duration.ofSeconds(1);

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicBoolean tending = new AtomicBoolean();
  private final OwnSecrets own;
  private final VaultClient client;
  private final VaultSession session;
  private final VaultExamination examination;
  private final VaultLeases leases;
  private final Duration cache;
  private final KeptLookups<CredentialRef> kept;

  private VaultCredentials(
      VaultSettings settings,
      Function<String, Optional<String>> environment,
      InstantSource clock,
      RandomGenerator random) {
    own = new OwnSecrets(clock);
    client = new VaultClient(settings, random, threads);
    session = new VaultSession(client, settings.login(), environment, clock, random, own);
    examination = new VaultExamination(settings, client, session, clock);
    SecretReader reader = new SecretReader(client, session, settings.version1(), clock);
    leases = new VaultLeases(client, session);
    cache = settings.cache();
    kept = new KeptLookups<>(reader::read, (_, answer) -> life(answer), FORCED, clock, threads);
  }

  /// Opens the store; nothing is asked before it is needed.
  ///
  /// @param environment reads the one variable that the settings may name
  /// @throws IllegalArgumentException if the file of authorities is of no use
  public static VaultCredentials open(
      VaultSettings settings,
      Function<String, Optional<String>> environment,
      InstantSource clock,
      RandomGenerator random) {
    return new VaultCredentials(settings, environment, clock, random);
  }

  @Override
  public Lookup current(CredentialRef ref) {
    return kept.current(ref);
  }

  /// Replaces what is kept, unless Vault cannot tell. Within a second the same answer is given.
  @Override
  public Lookup newest(CredentialRef ref) {
    return kept.newest(ref);
  }

  /// The broker's own tokens and secret ids; values are known from the moment they are lent.
  @Override
  public Collection<Secret> held() {
    return own.held();
  }

  @Override
  public void onChange(Runnable listener) {
    own.onChange(listener);
  }

  @Override
  public List<StoreFinding> examine() {
    return examination.findings();
  }

  /// Keeps the token alive; to be called every second. Returns at once.
  public void tend() {
    if (session.due() && tending.compareAndSet(false, true)) {
      threads.execute(
          () -> {
            try {
              tendNow();
            } finally {
              tending.set(false);
            }
          });
    }
  }

  void tendNow() {
    session.tend();
  }

  /// Revokes the token that a login made, and ends whatever waits for Vault.
  @Override
  public void close() {
    session.close();
    threads.shutdownNow();
    client.close();
  }

  /// {@return what else Vault makes: database roles, and tokens for runs}
  public LeaseIssuer leases() {
    return leases;
  }

  @Override
  public String toString() {
    return "[vault]";
  }

  private Duration life(Lookup found) {
    return switch (found) {
      case Lookup.Found _ -> cache;
      case Lookup.Missing _ -> MISSING;
      case Lookup.Unavailable _ -> UNAVAILABLE;
    };
  }
}
