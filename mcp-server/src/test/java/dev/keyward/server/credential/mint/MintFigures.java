package dev.keyward.server.credential.mint;

import dev.keyward.call.AgentId;
import dev.keyward.call.Caller;
import dev.keyward.call.PersonId;
import dev.keyward.call.RunId;
import dev.keyward.catalog.CredentialRef;
import dev.keyward.catalog.CredentialUse;
import dev.keyward.catalog.Placement;
import dev.keyward.redaction.Secret;
import dev.keyward.server.config.MintSettings;
import dev.keyward.server.credential.FixedSubject;
import dev.keyward.server.credential.ForgetfulJournal;
import dev.keyward.server.credential.HeldSecret;
import dev.keyward.server.credential.Lookup;
import dev.keyward.server.credential.MintAnswer;
import dev.keyward.server.credential.MintOrder;
import dev.keyward.server.credential.NoConnections;
import dev.keyward.server.upstream.Enquiries;
import dev.keyward.server.upstream.Enquiry;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.databind.json.JsonMapper;

/// Prints what a minted credential costs a call: from memory, and when 64 want one that is not
/// there. The issuer answers at once, so that only the broker's own part is timed.
final class MintFigures {
  private static final int WARM_UP = 2_000_000;
  private static final int TIMED = 5_000_000;
  private static final int AT_ONCE = 64;
  private static final int ROUNDS = 200;

  private final AtomicInteger asked = new AtomicInteger();
  private final Enquiries issuer = _ -> answer();
  private final Minting mint =
      new Minting(
          List.of(settings()),
          issuer,
          InstantSource.system(),
          new Random(1),
          new SecretKeySpec(new byte[32], "HmacSHA256"),
          new ForgetfulJournal(),
          new NoConnections(),
          new FixedSubject(),
          Optional.empty());

  private MintFigures() {}

  /// Takes no arguments.
  public static void main(String[] args) throws Exception {
    var figures = new MintFigures();
    figures.fromMemory();
    figures.contended();
  }

  private void fromMemory() {
    MintOrder order = order(1);
    int made = lend(order, WARM_UP);
    long from = System.nanoTime();
    made += lend(order, TIMED);
    double each = (System.nanoTime() - from) / (double) TIMED;
    System.out.println(
        String.format(
            Locale.ROOT, "from memory: %.0f ns, %d of %d made", each, made, WARM_UP + TIMED));
  }

  private int lend(MintOrder order, int times) {
    int made = 0;
    for (int i = 0; i < times; i++) {
      made += mint.obtain(order) instanceof MintAnswer.Made ? 1 : 0;
    }
    return made;
  }

  private void contended() throws Exception {
    int before = asked.get();
    long from = System.nanoTime();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int round = 0; round < ROUNDS; round++) {
        MintOrder order = order(2 + round);
        List<Future<?>> waiting = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
          waiting.add(threads.submit(() -> mint.obtain(order)));
        }
        for (Future<?> done : waiting) {
          done.get();
        }
      }
    }
    double each = (System.nanoTime() - from) / 1e3 / ROUNDS;
    System.out.println(
        String.format(
            Locale.ROOT,
            "%d at once: %.0f us for all of them, %.2f requests to the issuer",
            AT_ONCE,
            each,
            (asked.get() - before) / (double) ROUNDS));
  }

  private Enquiry.Answer answer() {
    asked.incrementAndGet();
    return new Enquiry.Answer.Answered(
        200,
        JsonMapper.shared()
            .createObjectNode()
            .put("access_token", "token-" + asked.get())
            .put("token_type", "Bearer")
            .put("expires_in", 300));
  }

  private static MintSettings settings() {
    var client =
        new MintSettings.Client(
            URI.create("https://id.example.com/token"),
            "keyward",
            MintSettings.ClientAuth.BASIC,
            Optional.of(CredentialRef.parse("local:crm#client_secret")),
            Optional.empty(),
            Optional.empty());
    return new MintSettings(
        "crm",
        new MintSettings.ClientCredentials(client, Optional.empty()),
        Optional.of("tickets:read"),
        Duration.ofMinutes(5));
  }

  private static MintOrder order(int run) {
    var use =
        new CredentialUse(
            CredentialRef.parse("mint:crm"), new Placement.Bearer(), Optional.of("tickets:read"));
    var caller =
        new Caller(
            new AgentId("a1"),
            "triage",
            "support",
            new PersonId("ada"),
            RunId.random(new Random(run)),
            Optional.empty());
    return new MintOrder(
        use,
        caller,
        () -> {},
        _ -> new Lookup.Found(new HeldSecret(Secret.of("secret"), 1, Instant.EPOCH)));
  }
}
