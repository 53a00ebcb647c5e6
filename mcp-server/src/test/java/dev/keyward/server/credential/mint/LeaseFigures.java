package dev.keyward.server.credential.mint;

import dev.keyward.call.AgentId;
import dev.keyward.call.Caller;
import dev.keyward.call.PersonId;
import dev.keyward.call.RunId;
import dev.keyward.catalog.CredentialRef;
import dev.keyward.catalog.CredentialUse;
import dev.keyward.catalog.Placement;
import dev.keyward.redaction.KnownSecrets;
import dev.keyward.redaction.Secret;
import dev.keyward.server.SettableClock;
import dev.keyward.server.config.MintSettings;
import dev.keyward.server.credential.EncryptedFile;
import dev.keyward.server.credential.FixedSubject;
import dev.keyward.server.credential.LeaseIssuer;
import dev.keyward.server.credential.Lookup;
import dev.keyward.server.credential.MasterKey;
import dev.keyward.server.credential.MintAnswer;
import dev.keyward.server.credential.MintOrder;
import dev.keyward.server.credential.NoConnections;
import dev.keyward.server.credential.lease.SqlLeases;
import dev.keyward.store.Database;
import dev.keyward.store.SqliteDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.spec.SecretKeySpec;

/// Prints what it costs to make and to prolong the leases of ten thousand runs with the journal on
/// disk, and to start with a thousand secrets. The issuer answers at once, so that only the
/// broker's own part is timed.
final class LeaseFigures {
  private static final int LEASES = 10_000;
  private static final int SECRETS = 1_000;
  private static final int AT_ONCE = 64;

  private final SettableClock clock = new SettableClock();
  private final Issuer issuer = new Issuer();

  private LeaseFigures() {}

  /// Takes no arguments.
  public static void main(String[] args) throws Exception {
    Path folder = Files.createTempDirectory("lease-figures");
    try (Database database = SqliteDatabase.open(folder.resolve("keyward.db"))) {
      new LeaseFigures().leases(database);
    }
    secrets(folder.resolve("secrets.json"));
  }

  private void leases(Database database) throws Exception {
    var journal =
        new SqlLeases(
            database,
            new SecretKeySpec(new byte[32], "AES"),
            clock,
            new Random(1),
            "chain_1",
            (_, _) -> true,
            (_, _) -> {});
    var mint =
        new Minting(
            List.of(
                new MintSettings(
                    "orders",
                    new MintSettings.VaultDatabase("db", "reader", Optional.empty()),
                    Optional.empty(),
                    Duration.ofMinutes(5))),
            _ -> {
              throw new IllegalStateException("nobody else is asked");
            },
            clock,
            new Random(1),
            new SecretKeySpec(new byte[32], "HmacSHA256"),
            journal,
            new NoConnections(),
            new FixedSubject(),
            Optional.of(issuer));
    List<MintOrder> orders = new ArrayList<>();
    for (int run = 0; run < LEASES; run++) {
      orders.add(order(run));
    }
    timed("made", mint, orders);
    clock.move(Duration.ofMinutes(59).plusSeconds(30));
    timed("prolonged", mint, orders);
    System.out.println(issuer.made + " made and " + issuer.prolonged + " prolonged at the issuer");
  }

  private static void timed(String what, Minting mint, List<MintOrder> orders) throws Exception {
    long from = System.nanoTime();
    var next = new AtomicInteger();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> working = new ArrayList<>();
      for (int i = 0; i < AT_ONCE; i++) {
        working.add(threads.submit(() -> work(mint, orders, next)));
      }
      for (Future<?> done : working) {
        done.get();
      }
    }
    double seconds = (System.nanoTime() - from) / 1e9;
    System.out.println(
        String.format(
            Locale.ROOT,
            "%d leases %s, %d at once: %.1f s, %.0f us each",
            orders.size(),
            what,
            AT_ONCE,
            seconds,
            seconds * 1e6 / orders.size()));
  }

  private static void work(Minting mint, List<MintOrder> orders, AtomicInteger next) {
    for (int at = next.getAndIncrement(); at < orders.size(); at = next.getAndIncrement()) {
      if (!(mint.obtain(orders.get(at)) instanceof MintAnswer.Made)) {
        throw new IllegalStateException("nothing was made");
      }
    }
  }

  private static void secrets(Path file) {
    MasterKey master = MasterKey.random(new SecureRandom());
    EncryptedFile store = open(file, master);
    Map<CredentialRef, Secret> values = new HashMap<>();
    for (int i = 0; i < SECRETS; i++) {
      String value = Long.toHexString(i * 0x9E3779B97F4A7C15L) + "qZ8Kd02MxQ7TzLbW4uYhE6RnC";
      values.put(CredentialRef.parse("local:system-" + i + "#token"), Secret.of(value));
    }
    store.setAll(values);
    for (int round = 0; round < 5; round++) {
      long from = System.nanoTime();
      EncryptedFile opened = open(file, master);
      double read = (System.nanoTime() - from) / 1e6;
      var known = KnownSecrets.of(opened.held());
      System.out.println(
          String.format(
              Locale.ROOT,
              "start with %d secrets: %.0f ms to open them, %.0f ms with %s compiled for search",
              SECRETS,
              read,
              (System.nanoTime() - from) / 1e6,
              known));
    }
  }

  private static EncryptedFile open(Path file, MasterKey master) {
    return EncryptedFile.open(file, master, new SettableClock(), new SecureRandom());
  }

  private static MintOrder order(int run) {
    var caller =
        new Caller(
            new AgentId("a1"),
            "triage",
            "support",
            new PersonId("ada"),
            RunId.random(new Random(run)),
            Optional.empty());
    var use =
        new CredentialUse(
            CredentialRef.parse("mint:orders"),
            new Placement.Login(Optional.empty()),
            Optional.empty());
    return new MintOrder(use, caller, () -> {}, _ -> new Lookup.Missing("is not asked for"));
  }

  /// Says yes to everything.
  private static final class Issuer implements LeaseIssuer {
    private final AtomicInteger made = new AtomicInteger();
    private final AtomicInteger prolonged = new AtomicInteger();

    @Override
    public Leased database(Optional<Secret> as, String mount, String role) {
      int number = made.incrementAndGet();
      Secret password = Secret.of("A1a-password-" + number);
      return new Leased(
          Secret.of("v-user-" + number + ":A1a-password-" + number),
          List.of(password, Secret.of("v-user-" + number)),
          Secret.of("db/creds/reader/" + number),
          Duration.ofHours(1),
          true);
    }

    @Override
    public Leased token(
        List<String> policies, Optional<String> role, Duration life, Map<String, String> about) {
      throw new UnsupportedOperationException("not asked for");
    }

    @Override
    public Duration prolongDatabase(Optional<Secret> as, Secret lease, Duration by) {
      prolonged.incrementAndGet();
      return by;
    }

    @Override
    public Duration prolongToken(Secret token) {
      throw new UnsupportedOperationException("not asked for");
    }

    @Override
    public void revokeDatabase(Secret lease) {}

    @Override
    public void revokeToken(Secret token) {}

    @Override
    public boolean lives(Secret token) {
      return true;
    }
  }
}
