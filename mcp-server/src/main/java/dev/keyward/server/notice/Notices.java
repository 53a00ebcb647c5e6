package dev.keyward.server.notice;

import static java.lang.System.Logger.Level.WARNING;

import dev.keyward.approvals.ApprovalEvent;
import dev.keyward.approvals.Approvals;
import dev.keyward.call.ApprovalId;
import dev.keyward.redaction.Redactor;
import dev.keyward.redaction.Secret;
import dev.keyward.server.config.WebhookSettings;
import dev.keyward.store.Database;
import dev.keyward.store.Tx;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/// Tells people that something waits for them.
///
/// The first request is told of at once; what comes within half a minute after it is gathered into
/// one message. What is decided meanwhile is not told of. [#deliver] is for one thread.
public final class Notices implements AutoCloseable {
  private static final System.Logger log = System.getLogger(Notices.class.getName());
  private static final Duration QUIET = Duration.ofSeconds(30);
  private static final Duration PATIENCE = Duration.ofDays(1);
  private static final int AT_ONCE = 10;

  private final Webhook webhook;
  private final Outbox outbox;
  private final InstantSource clock;
  private Optional<Instant> gathered = Optional.empty();

  private Notices(Webhook webhook, Outbox outbox, InstantSource clock) {
    this.webhook = webhook;
    this.outbox = outbox;
    this.clock = clock;
  }

  /// Reads the signing key; tells nobody yet.
  ///
  /// @param random what names messages; unguessable in earnest
  /// @throws IOException if the key cannot be read
  /// @throws IllegalArgumentException if it has another shape
  public static Notices open(
      WebhookSettings settings, Database database, InstantSource clock, RandomGenerator random)
      throws IOException {
    var webhook = Webhook.open(settings.url(), settings.secretFile());
    return new Notices(webhook, new Outbox(database, clock, random), clock);
  }

  /// {@return the signing key, which must not leave}
  public Secret secret() {
    return webhook.secret();
  }

  /// Notes what people have to be told, in the transaction of the change.
  public void note(Tx tx, ApprovalEvent event) {
    outbox.note(tx, event);
  }

  /// Sends what is due. To be called every second or so; it waits for the other end.
  ///
  /// @param redactor what every message goes through
  /// @param page where people decide on a request
  public void deliver(Approvals approvals, Redactor redactor, Function<ApprovalId, URI> page) {
    Instant now = clock.instant();
    if (gathered.filter(last -> now.isBefore(last.plus(QUIET))).isEmpty()
        && outbox.gather(approvals, page)) {
      gathered = Optional.of(now);
    }
    for (int i = 0; i < AT_ONCE; i++) {
      Optional<Message> next = outbox.next();
      if (next.isEmpty() || !delivered(next.get(), redactor)) {
        return;
      }
    }
  }

  @Override
  public void close() {
    webhook.close();
  }

  private boolean delivered(Message message, Redactor redactor) {
    try {
      webhook.send(message.scrubbed(redactor), clock.instant());
      outbox.arrived(message);
      return true;
    } catch (Redactor.Uncertain e) {
      outbox.arrived(message); // it would be no other the next time
      log.log(WARNING, "a message to approvals.webhook was withheld: it may hold a secret");
      return true;
    } catch (IOException e) {
      boolean again = outbox.failed(message, PATIENCE);
      log.log(
          WARNING,
          "a message to approvals.webhook did not arrive ("
              + e.getMessage()
              + ")"
              + (again ? "; it is tried again" : "; given up after a day"));
      return false;
    }
  }
}
