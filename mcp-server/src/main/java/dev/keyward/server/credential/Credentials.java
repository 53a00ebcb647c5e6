package dev.keyward.server.credential;

import static java.lang.System.Logger.Level.ERROR;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.keyward.call.CallRefused;
import dev.keyward.call.Refusal;
import dev.keyward.call.ToolName;
import dev.keyward.catalog.CredentialRef;
import dev.keyward.catalog.CredentialUse;
import dev.keyward.catalog.Tool;
import dev.keyward.redaction.Secret;
import dev.keyward.server.policy.PermittedCall;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/// Stage 7: lends the credential that a permitted call needs.
///
/// A value is looked up once however many calls wait for it, and kept in memory for at most a
/// minute or until its store changes. A missing credential ends the call; there is no fallback.
/// Whatever was ever lent stays known to the redactor until the broker stops. Safe for all threads.
public final class Credentials {
  private static final System.Logger log = System.getLogger(Credentials.class.getName());
  private static final Duration KEPT = Duration.ofMinutes(1);
  private static final int MOST_KEPT = 10_000;

  private final Map<String, CredentialStore> stores;
  private final Cache<Key, HeldSecret> kept =
      Caffeine.newBuilder().expireAfterWrite(KEPT).maximumSize(MOST_KEPT).build();
  private final AtomicLong epoch = new AtomicLong();
  private final Set<Lent> lent = ConcurrentHashMap.newKeySet();
  private final Set<Lent> announced = ConcurrentHashMap.newKeySet();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  /// Joins the stores; a change in any of them empties the cache.
  ///
  /// @param stores by the name that references use, for example `local`
  public Credentials(Map<String, CredentialStore> stores) {
    this.stores = Map.copyOf(stores);
    this.stores.values().forEach(store -> store.onChange(this::changed));
  }

  /// Lends what the call's tool names; an empty lease if it names nothing.
  ///
  /// @throws CallRefused with [Refusal.CredentialMissing] if no store has it; the reference is in
  ///   the log
  public Lease lease(PermittedCall call) {
    Tool tool = call.call().tool();
    return tool.credential()
        .map(CredentialUse::ref)
        .map(ref -> lend(ref, tool.name()))
        .orElseGet(NoCredential::new);
  }

  /// Makes sure that there is something to lend, before people are asked about a call of `tool`.
  ///
  /// @throws CallRefused as [#lease]
  public void require(Tool tool) {
    tool.credential()
        .map(CredentialUse::ref)
        .filter(ref -> find(ref).isEmpty())
        .ifPresent(
            ref -> {
              throw missing(ref, tool.name());
            });
  }

  /// {@return every secret that must not leave: what the stores hold and all that was ever lent}
  public Collection<Secret> held() {
    List<Secret> all = new ArrayList<>();
    stores.values().forEach(store -> all.addAll(store.held()));
    lent.forEach(one -> all.add(one.value()));
    return all;
  }

  /// {@return the values that these references have now; those without one are passed over}
  public Collection<Secret> current(Collection<CredentialRef> refs) {
    return refs.stream().flatMap(ref -> find(ref).stream()).map(HeldSecret::value).toList();
  }

  /// Calls `listener` after each change of [#held], before a new value is lent for the first time.
  public void onChange(Runnable listener) {
    listeners.add(listener);
  }

  private Lease lend(CredentialRef ref, ToolName tool) {
    var key = new Key(ref, epoch.get());
    HeldSecret found = kept.get(key, _ -> find(ref).orElseThrow(() -> missing(ref, tool)));
    return lent(ref, found);
  }

  private Lease lent(CredentialRef ref, HeldSecret found) {
    var value = new Lent(ref, found.value());
    if (!announced.contains(value)) {
      announce(value);
    }
    return new StoredLease(ref, found);
  }

  /// Nobody gets a value before the redactor has heard of it, so whoever comes second waits here.
  private synchronized void announce(Lent value) {
    boolean known = held().contains(value.value());
    lent.add(value);
    if (!known) {
      tellListeners();
    }
    announced.add(value);
  }

  private Optional<HeldSecret> find(CredentialRef ref) {
    return Optional.ofNullable(stores.get(ref.store())).flatMap(store -> store.current(ref));
  }

  private static CallRefused missing(CredentialRef ref, ToolName tool) {
    log.log(
        ERROR,
        "credential "
            + ref
            + " of tool "
            + tool
            + " is not in its store; set it with: keyward secret set "
            + ref);
    return new CallRefused(new Refusal.CredentialMissing());
  }

  private void changed() {
    epoch.incrementAndGet();
    tellListeners();
  }

  private void tellListeners() {
    listeners.forEach(Runnable::run);
  }

  private record Key(CredentialRef ref, long epoch) {}

  /// Equal only for the same value; a secret's own hash is a constant.
  private record Lent(CredentialRef ref, Secret value) {}

  private final class StoredLease implements Lease {
    private final CredentialRef ref;
    private final HeldSecret held;
    private final AtomicBoolean closed = new AtomicBoolean();

    StoredLease(CredentialRef ref, HeldSecret held) {
      this.ref = ref;
      this.held = held;
    }

    @Override
    public Optional<Secret> secret() {
      if (closed.get()) {
        throw new IllegalStateException("the lease of " + ref + " is closed");
      }
      return Optional.of(held.value());
    }

    @Override
    public Optional<CredentialRef> ref() {
      return Optional.of(ref);
    }

    @Override
    public Optional<Instant> expires() {
      return Optional.empty();
    }

    @Override
    public boolean standing() {
      return true;
    }

    @Override
    public int version() {
      return held.version();
    }

    @Override
    public Optional<Lease> fresher() {
      return find(ref)
          .filter(newest -> !newest.value().equals(held.value()))
          .map(newest -> lent(ref, newest));
    }

    @Override
    public void close() {
      closed.set(true);
    }

    @Override
    public String toString() {
      return "[lease of " + ref + ", version " + held.version() + "]";
    }
  }
}
