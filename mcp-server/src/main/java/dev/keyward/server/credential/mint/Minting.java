package dev.keyward.server.credential.mint;

import static java.lang.System.Logger.Level.DEBUG;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.keyward.call.Caller;
import dev.keyward.call.Hashes;
import dev.keyward.call.LeaseId;
import dev.keyward.call.RunId;
import dev.keyward.catalog.CredentialRef;
import dev.keyward.catalog.CredentialUse;
import dev.keyward.redaction.Secret;
import dev.keyward.redaction.TouchesSecret;
import dev.keyward.server.config.MintSettings;
import dev.keyward.server.credential.Connections;
import dev.keyward.server.credential.LeaseIssuer;
import dev.keyward.server.credential.LeaseJournal;
import dev.keyward.server.credential.Lookup;
import dev.keyward.server.credential.Mint;
import dev.keyward.server.credential.MintAnswer;
import dev.keyward.server.credential.MintAnswer.Made;
import dev.keyward.server.credential.MintFacts;
import dev.keyward.server.credential.MintOrder;
import dev.keyward.server.credential.Minted;
import dev.keyward.server.credential.Receipt;
import dev.keyward.server.credential.Revoker.Revoked;
import dev.keyward.server.credential.Subjects;
import dev.keyward.server.upstream.Enquiries;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import javax.crypto.SecretKey;

/// The mint of the credentials that the settings describe.
///
/// Each belongs to one run and one scope, and is kept in memory until it is nearly over; shortly
/// before, one caller fetches the next while the others go on with the old one.
public final class Minting implements Mint {
  private static final System.Logger log = System.getLogger(Minting.class.getName());
  private static final int MOST_KEPT = 100_000;
  private static final Duration UNUSED = Duration.ofHours(1);
  private static final int FINGERPRINT_BYTES = 8;
  private static final Duration MOST_PROLONGED = Duration.ofHours(1);

  private final Map<String, Described> described = new HashMap<>();
  private final Cache<Key, Slot> slots =
      Caffeine.newBuilder().maximumSize(MOST_KEPT).expireAfterAccess(UNUSED).build();
  private final Given given = new Given();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final AtomicInteger versions = new AtomicInteger();
  private final InstantSource clock;
  private final SecretKey fingerprints;
  private final LeaseJournal journal;
  private final Connections connections;
  private final Subjects subjects;
  private final Optional<LeaseIssuer> vault;

  private record Described(MintSettings settings, MintKind kind, Set<String> scope) {}

  private record Key(String name, Optional<String> scope, RunId run) {}

  /// Asks nobody anything yet.
  ///
  /// @param random a secure one
  /// @param fingerprints a key for HMAC-SHA256, for nothing else
  /// @param journal where what is made is written down
  /// @param connections the accounts that people have connected
  /// @param subjects the people for whom runs act
  /// @param vault what makes the kinds that are Vault's; absent where the settings name none
  public Minting(
      List<MintSettings> settings,
      Enquiries enquiries,
      InstantSource clock,
      RandomGenerator random,
      SecretKey fingerprints,
      LeaseJournal journal,
      Connections connections,
      Subjects subjects,
      Optional<LeaseIssuer> vault) {
    this.vault = vault;
    this.connections = connections;
    this.subjects = subjects;
    this.journal = journal;
    this.clock = clock;
    this.fingerprints = fingerprints;
    var issuer = new Issuer(enquiries);
    for (MintSettings one : settings) {
      described.put(one.name(), new Described(one, kind(one, issuer, random), words(one.scope())));
    }
  }

  private MintKind kind(MintSettings one, Issuer issuer, RandomGenerator random) {
    return switch (one.way()) {
      case MintSettings.Account settings ->
          new RefreshGrant(one.name(), issuer, settings, connections, random);
      case MintSettings.ClientCredentials settings ->
          new ClientCredentialsGrant(issuer, settings, random);
      case MintSettings.TokenExchange settings ->
          new TokenExchangeGrant(issuer, settings, subjects, random);
      case MintSettings.JwtBearer settings -> new JwtBearerGrant(issuer, settings, random);
      case MintSettings.GoogleServiceAccount settings ->
          new GoogleAccount(issuer, settings, random);
      case MintSettings.GitHubApp settings -> new GitHubInstallation(issuer, settings);
      case MintSettings.AwsRole settings -> new AwsRoleSession(issuer, settings, random);
      case MintSettings.Endpoint settings -> new EndpointToken(issuer, settings);
      case MintSettings.VaultDatabase settings -> new VaultDatabaseRole(vault(one), settings);
      case MintSettings.VaultToken settings -> new VaultRunToken(vault(one), settings);
    };
  }

  private LeaseIssuer vault(MintSettings one) {
    return vault.orElseThrow(
        () ->
            new IllegalArgumentException(
                "credentials." + one.name() + " needs the section vault in config.yaml"));
  }

  private static Set<String> words(Optional<String> scope) {
    return scope.map(words -> Set.of(words.split(" ", -1))).orElseGet(Set::of);
  }

  @Override
  public Optional<String> obstacle(CredentialUse use, Function<CredentialRef, Lookup> base) {
    Described how = described.get(use.ref().path());
    if (how == null) {
      return Optional.of("is not among the credentials of config.yaml");
    }
    return tooWide(how, use.scope())
        .or(() -> how.kind.base().flatMap(ref -> missing(ref, base.apply(ref))))
        .or(
            () ->
                how.kind.connected()
                    ? Optional.empty()
                    : Optional.of(RefreshGrant.notConnected(how.settings.name())));
  }

  private static Optional<String> missing(CredentialRef ref, Lookup found) {
    return switch (found) {
      case Lookup.Found _, Lookup.Unavailable _ -> Optional.empty();
      case Lookup.Missing(var why) -> Optional.of("needs " + ref + ", which " + why);
    };
  }

  private static Optional<String> tooWide(Described how, Optional<String> scope) {
    boolean within = words(scope).stream().allMatch(word -> how.kind.within(how.scope, word));
    return within
        ? Optional.empty()
        : Optional.of("may not have the scope that the tool asks for; config.yaml gives it less");
  }

  @Override
  public Optional<String> kind(CredentialRef ref) {
    return Optional.ofNullable(described.get(ref.path())).map(how -> how.settings.way().kind());
  }

  @Override
  public boolean connected(CredentialRef ref) {
    Described how = described.get(ref.path());
    return how == null || how.kind.connected();
  }

  @Override
  public boolean madeFor(CredentialRef ref, Caller caller) {
    Described how = described.get(ref.path());
    return how == null || how.kind.madeFor(caller);
  }

  @Override
  public boolean revokes(CredentialRef ref) {
    Described how = described.get(ref.path());
    return how != null && how.kind.takeBack().isPresent();
  }

  @Override
  public MintAnswer obtain(MintOrder order) {
    Key key = key(order);
    Slot slot = slots.getIfPresent(key);
    if (slot == null) {
      Optional<String> obstacle = obstacle(order.use(), order.base());
      if (obstacle.isPresent()) {
        return new MintAnswer.Missing(obstacle.get());
      }
      slot = slots.get(key, _ -> new Slot(clock));
    }
    return slot.obtain(() -> make(order), minted -> prolong(order, minted));
  }

  @Override
  public MintAnswer renew(MintOrder order, Minted refused) {
    return slots.get(key(order), _ -> new Slot(clock)).renew(refused, () -> make(order));
  }

  @Override
  public void rejected(MintOrder order, Minted refused) {
    Slot slot = slots.getIfPresent(key(order));
    if (slot != null) {
      slot.rejected(refused);
    }
  }

  /// Forgets what was made for a run.
  public void runEnded(RunId run) {
    slots.asMap().keySet().removeIf(key -> key.run.equals(run));
  }

  @Override
  public Collection<Secret> held() {
    List<Secret> all = new ArrayList<>(given.held());
    all.addAll(journal.held());
    all.addAll(connections.held());
    all.addAll(subjects.held());
    return all;
  }

  @Override
  public void onChange(Runnable listener) {
    listeners.add(listener);
    journal.onChange(listener);
    connections.onChange(listener);
    subjects.onChange(listener);
  }

  private static Key key(MintOrder order) {
    return new Key(order.use().ref().path(), order.use().scope(), order.caller().run());
  }

  /// The journal has it before anybody is asked, and again before anybody uses what was made.
  private MintAnswer make(MintOrder order) {
    order.durable().run();
    Described how = Objects.requireNonNull(described.get(order.use().ref().path()));
    Optional<LeaseId> lease = journal.begin(order, how.settings.way().kind());
    if (lease.isEmpty()) {
      return new MintAnswer.Unavailable("is not made: its run has ended");
    }
    try {
      return make(order, how, lease.get());
    } catch (MintFault e) {
      journal.nothing(lease.get());
      return e.lasting() ? new MintAnswer.Missing(e.why()) : new MintAnswer.Unavailable(e.why());
    }
  }

  private MintAnswer make(MintOrder order, Described how, LeaseId lease) throws MintFault {
    Optional<String> scope = order.use().scope().or(how.settings::scope);
    Instant now = clock.instant();
    Fresh fresh = how.kind.make(making(order, scope, now));
    Minted minted = minted(lease, how, scope, fresh, now);
    given.add(minted, now);
    listeners.forEach(Runnable::run);
    if (!writtenDown(order, lease, minted, fresh.expires().isPresent())) {
      return new MintAnswer.Unavailable("is not used: its run has ended meanwhile");
    }
    log.log(
        DEBUG,
        "made {0} version {1} for run {2}",
        order.use().ref(),
        minted.version(),
        order.caller().run());
    return new Made(minted);
  }

  /// What cannot be written down is given back at once, as far as that goes: nobody will know of
  /// it.
  private boolean writtenDown(MintOrder order, LeaseId lease, Minted minted, boolean stated) {
    try {
      return journal.made(lease, minted, stated);
    } catch (RuntimeException e) {
      var _ = revoke(order.use().ref().path(), minted.receipt().shown(), order.base());
      throw e;
    }
  }

  private Making making(MintOrder order, Optional<String> scope, Instant now) {
    return new Making(scope, now, order.base(), Optional.of(new OfRun(order)));
  }

  /// Has what nearly ends live on: the journal knows first until when it may, so that a crash
  /// leaves nothing that works and is forgotten.
  private Optional<Made> prolong(MintOrder order, Minted minted) {
    Described how = Objects.requireNonNull(described.get(order.use().ref().path()));
    Instant now = clock.instant();
    Duration life = Duration.between(minted.made(), minted.expires());
    Duration by = life.compareTo(MOST_PROLONGED) < 0 ? life : MOST_PROLONGED;
    Optional<Prolonging> prolonging = how.kind.prolonging();
    if (prolonging.isEmpty() || !minted.receipt().renewable()) {
      return Optional.empty();
    }
    order.durable().run();
    if (!journal.prolonged(minted.lease(), now.plus(by))) {
      return Optional.empty();
    }
    try {
      Instant end = prolonging.get().ask(minted, by, making(order, Optional.empty(), now));
      var _ = journal.prolonged(minted.lease(), end);
      return worthwhile(minted, end, now)
          ? Optional.of(new Made(minted.until(end)))
          : Optional.empty();
    } catch (MintFault e) {
      log.log(DEBUG, "{0} {1}", order.use().ref(), e.why());
      return Optional.empty();
    }
  }

  /// Near its last end it gains next to nothing, and another one is due.
  private static boolean worthwhile(Minted minted, Instant end, Instant now) {
    Duration left = Duration.between(now, minted.expires());
    return Duration.between(now, end).compareTo(left.multipliedBy(2)) >= 0;
  }

  /// One order's run, and what else is made for it.
  private final class OfRun implements Making.ForRun {
    private final MintOrder order;

    OfRun(MintOrder order) {
      this.order = order;
    }

    @Override
    public Caller caller() {
      return order.caller();
    }

    @Override
    public Minted minted(CredentialRef ref) throws MintFault {
      return switch (obtain(inner(ref))) {
        case Made(var minted) -> minted;
        case MintAnswer.Missing(var why) -> throw MintFault.lasting("needs " + ref + ", " + why);
        case MintAnswer.Unavailable(var why) ->
            throw MintFault.passing("needs " + ref + ", " + why);
      };
    }

    @Override
    public void lost(CredentialRef ref, Minted ended) {
      Slot slot = slots.getIfPresent(key(inner(ref)));
      if (slot != null) {
        slot.lost(ended);
      }
    }

    private MintOrder inner(CredentialRef ref) {
      var use = new CredentialUse(ref, order.use().placement(), Optional.empty());
      return new MintOrder(use, order.caller(), order.durable(), order.base());
    }
  }

  /// Asks the issuer of what the settings call `name`, once, to take it back.
  ///
  /// @param shown as in [Receipt]
  /// @param base as in [MintOrder]
  public Revoked revoke(String name, Secret shown, Function<CredentialRef, Lookup> base) {
    Optional<TakeBack> how =
        Optional.ofNullable(described.get(name)).flatMap(one -> one.kind.takeBack());
    if (how.isEmpty()) {
      return new Revoked.NotPossible();
    }
    try {
      how.get().ask(shown, Making.forNobody(clock.instant(), base));
      return new Revoked.Done();
    } catch (MintFault e) {
      return new Revoked.Failed(e.why());
    }
  }

  private Minted minted(
      LeaseId lease, Described how, Optional<String> scope, Fresh fresh, Instant now) {
    String asked = scope.orElse("");
    return new Minted(
        lease,
        fresh.value(),
        fresh.parts(),
        fresh.receipt(),
        versions.incrementAndGet(),
        now,
        fresh.expires().orElseGet(() -> now.plus(how.settings.lifetime())),
        new MintFacts(
            how.settings.way().kind(),
            asked,
            fresh.scope().orElse(asked),
            fingerprint(fresh.value()),
            how.settings.way().subject()));
  }

  @TouchesSecret
  private String fingerprint(Secret value) {
    byte[] digest = value.use(text -> Hashes.hmac(fingerprints, text));
    return HexFormat.of().formatHex(Arrays.copyOf(digest, FINGERPRINT_BYTES));
  }
}
