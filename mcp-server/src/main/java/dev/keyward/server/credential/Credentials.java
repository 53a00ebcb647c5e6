package dev.keyward.server.credential;

import static java.lang.System.Logger.Level.ERROR;

import dev.keyward.call.CallRefused;
import dev.keyward.call.Caller;
import dev.keyward.call.Refusal;
import dev.keyward.call.ToolName;
import dev.keyward.catalog.CredentialRef;
import dev.keyward.catalog.CredentialUse;
import dev.keyward.catalog.Tool;
import dev.keyward.redaction.Secret;
import dev.keyward.server.policy.PermittedCall;
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

/// Stage 7: lends the credential that a permitted call needs.
///
/// What a store says counts: nothing is kept here beside it. A credential that is missing, or whose
/// store cannot tell, ends the call; there is no fallback. Whatever was ever lent stays known to
/// the redactor until the broker stops. Safe for all threads.
public final class Credentials {
  private static final System.Logger log = System.getLogger(Credentials.class.getName());
  private static final String NO_DELEGATOR =
      "acts for a person, and no token says for whom this run acts";

  private final Map<String, CredentialStore> stores;
  private final Mint mint;
  private final Set<Lent> lent = ConcurrentHashMap.newKeySet();
  private final Set<Lent> announced = ConcurrentHashMap.newKeySet();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  /// Joins the stores and what makes credentials.
  ///
  /// @param stores by the name that references use, for example `local`
  public Credentials(Map<String, CredentialStore> stores, Mint mint) {
    this.stores = Map.copyOf(stores);
    this.mint = mint;
    this.stores.values().forEach(store -> store.onChange(this::tellListeners));
    mint.onChange(this::tellListeners);
  }

  /// Lends what the call's tool names; an empty lease if it names nothing.
  ///
  /// @param durable waits until the call's intent is on disk, before a credential is minted for it;
  ///   what it throws is thrown on
  /// @throws CallRefused with [Refusal.CredentialMissing] if no store has it,
  ///   [Refusal.AccountNotConnected] if it needs an account that nobody has connected,
  ///   [Refusal.DelegatorNotVerified] if it acts for a person and nobody knows for whom, or
  ///   [Refusal.CredentialUnavailable] if its store cannot tell; reference and cause are in the log
  public Lease lease(PermittedCall call, Runnable durable) {
    Tool tool = call.call().tool();
    return tool.credential()
        .map(
            use ->
                use.ref().minted()
                    ? minted(new MintOrder(use, call.call().caller(), durable, this::base), tool)
                    : lend(use.ref(), tool.name()))
        .orElseGet(NoCredential::new);
  }

  /// Makes sure that there is something to lend, before people are asked about a call of `tool`.
  ///
  /// @throws CallRefused as [#lease]
  public void require(Tool tool, Caller caller) {
    tool.credential().ifPresent(use -> require(use, tool.name(), caller));
  }

  private void require(CredentialUse use, ToolName tool, Caller caller) {
    CredentialRef ref = use.ref();
    if (!ref.minted()) {
      find(ref, tool);
      return;
    }
    Optional<String> why = obstacle(use);
    if (why.isPresent()) {
      throw refused(ref, tool, why.get(), missing(ref, caller));
    }
    if (!mint.madeFor(ref, caller)) {
      throw refused(ref, tool, NO_DELEGATOR, missing(ref, caller));
    }
  }

  private Refusal missing(CredentialRef ref, Caller caller) {
    if (!mint.connected(ref)) {
      return new Refusal.AccountNotConnected(ref.path());
    }
    return mint.madeFor(ref, caller)
        ? new Refusal.CredentialMissing()
        : new Refusal.DelegatorNotVerified();
  }

  /// {@return why a minted credential cannot be made, as far as that is known without asking its
  /// issuer}
  public Optional<String> obstacle(CredentialUse use) {
    return mint.obstacle(use, this::stored);
  }

  /// {@return how a minted credential is made; empty if nothing makes it}
  public Optional<String> kind(CredentialRef ref) {
    return ref.minted() ? mint.kind(ref) : Optional.empty();
  }

  private Lease minted(MintOrder order, Tool tool) {
    CredentialRef ref = order.use().ref();
    return switch (mint.obtain(order)) {
      case MintAnswer.Made(var minted) -> new MintedLease(mint, order, minted);
      case MintAnswer.Missing(var why) ->
          throw refused(ref, tool.name(), why, missing(ref, order.caller()));
      case MintAnswer.Unavailable(var why) ->
          throw refused(ref, tool.name(), why, new Refusal.CredentialUnavailable());
    };
  }

  /// {@return whether the issuer of a minted credential takes back what it made}
  public boolean revokes(CredentialRef ref) {
    return mint.revokes(ref);
  }

  /// {@return what its store says about `ref`, which is known to the redactor then: for what is
  /// shown to an issuer}
  public Lookup base(CredentialRef ref) {
    Lookup found = stored(ref);
    if (found instanceof Lookup.Found(var secret)) {
      known(ref, secret);
    }
    return found;
  }

  /// {@return what its store says about `ref`, past what is kept in memory; lends nothing}
  public Lookup look(CredentialRef ref) {
    CredentialStore store = stores.get(ref.store());
    return store == null ? noStore(ref) : store.newest(ref);
  }

  /// {@return how the stores themselves are, by name}
  public List<StoreFinding> examine() {
    return stores.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .flatMap(store -> store.getValue().examine().stream())
        .toList();
  }

  /// {@return every secret that must not leave: what the stores hold and all that was ever lent}
  public Collection<Secret> held() {
    List<Secret> all = new ArrayList<>();
    stores.values().forEach(store -> all.addAll(store.held()));
    all.addAll(mint.held());
    lent.forEach(one -> all.add(one.value()));
    return all;
  }

  /// {@return the values that these references have now; those without one are passed over}
  public Collection<Secret> current(Collection<CredentialRef> refs) {
    List<Secret> values = new ArrayList<>();
    for (CredentialRef ref : refs) {
      if (stored(ref) instanceof Lookup.Found(var secret)) {
        values.add(secret.value());
      }
    }
    return values;
  }

  /// Calls `listener` after each change of [#held], before a new value is lent for the first time.
  public void onChange(Runnable listener) {
    listeners.add(listener);
  }

  private Lease lend(CredentialRef ref, ToolName tool) {
    return lent(ref, find(ref, tool));
  }

  private Lease lent(CredentialRef ref, HeldSecret found) {
    known(ref, found);
    return new StoredLease(ref, found);
  }

  private void known(CredentialRef ref, HeldSecret found) {
    var value = new Lent(ref, found.value());
    if (!announced.contains(value)) {
      announce(value);
    }
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

  private HeldSecret find(CredentialRef ref, ToolName tool) {
    return switch (stored(ref)) {
      case Lookup.Found(var secret) -> secret;
      case Lookup.Missing(var why) ->
          throw refused(ref, tool, why, new Refusal.CredentialMissing());
      case Lookup.Unavailable(var why) ->
          throw refused(ref, tool, why, new Refusal.CredentialUnavailable());
    };
  }

  private Lookup stored(CredentialRef ref) {
    CredentialStore store = stores.get(ref.store());
    return store == null ? noStore(ref) : store.current(ref);
  }

  private static Lookup noStore(CredentialRef ref) {
    return new Lookup.Missing(
        "names the store " + ref.store() + ", for which config.yaml has no section");
  }

  private static CallRefused refused(
      CredentialRef ref, ToolName tool, String why, Refusal refusal) {
    log.log(ERROR, "credential {0} of tool {1} {2}", ref, tool, why);
    return new CallRefused(refusal);
  }

  /// One at a time: whoever computes [#held] later must also be the one that is heard last.
  private synchronized void tellListeners() {
    listeners.forEach(Runnable::run);
  }

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
    public Optional<MintFacts> facts() {
      return Optional.empty();
    }

    @Override
    public void rejected() {}

    @Override
    public Optional<Lease> fresher() {
      return switch (look(ref)) {
        case Lookup.Found(var newest) when !newest.value().equals(held.value()) ->
            Optional.of(lent(ref, newest));
        case Lookup.Found _, Lookup.Missing _, Lookup.Unavailable _ -> Optional.empty();
      };
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
