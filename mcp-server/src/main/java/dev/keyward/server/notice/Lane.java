package dev.keyward.server.notice;

import static java.lang.System.Logger.Level.WARNING;

import dev.keyward.redaction.Redactor;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/// Sends what is due by one way. For one thread.
public final class Lane {
  /// How long a message is tried.
  static final Duration PATIENCE = Duration.ofDays(1);

  private static final System.Logger log = System.getLogger(Lane.class.getName());
  private static final int AT_ONCE = 10;

  private final Channel channel;
  private final Outbox outbox;
  private final InstantSource clock;
  private Instant open = Instant.MIN;

  Lane(Channel channel, Outbox outbox, InstantSource clock) {
    this.channel = channel;
    this.outbox = outbox;
    this.clock = clock;
  }

  /// Sends what is due. To be called every second or so; it waits for the other end.
  ///
  /// @param redactor what every message goes through
  public void deliver(Redactor redactor) {
    for (int i = 0; i < AT_ONCE && !clock.instant().isBefore(open); i++) {
      Optional<Message> next = outbox.next(channel);
      if (next.isEmpty() || !delivered(next.get(), redactor)) {
        return;
      }
    }
  }

  /// Whether the next one may follow at once.
  private boolean delivered(Message message, Redactor redactor) {
    try {
      channel.send(message.scrubbed(redactor), clock.instant());
      outbox.forget(message);
      return true;
    } catch (Redactor.Uncertain e) {
      outbox.forget(message); // it would be no other the next time
      say("was withheld: it may hold a secret");
      return true;
    } catch (Undelivered e) {
      if (e.last()) {
        outbox.forget(message);
        say("will not arrive: " + e.why());
        return true;
      }
      e.pause().ifPresent(pause -> open = clock.instant().plus(pause));
      boolean again = outbox.failed(message, e.pause().orElse(Duration.ZERO), PATIENCE);
      say(
          "did not arrive ("
              + e.why()
              + ")"
              + (again ? "; it is tried again" : "; given up after a day"));
      return false;
    }
  }

  private void say(String what) {
    log.log(WARNING, "a message to approvals." + channel.name() + " " + what);
  }
}
