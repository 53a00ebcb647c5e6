package dev.keyward.server.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.keyward.call.AgentId;
import dev.keyward.call.CallId;
import dev.keyward.call.Refusal;
import dev.keyward.call.Tier;
import dev.keyward.call.ToolName;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init") // JUnit sets the fields
final class AuditRecordsTest {
  private static final CallId ONE = new CallId("call_" + "1".repeat(26));
  private static final CallId TWO = new CallId("call_" + "2".repeat(26));
  private static final CallId THREE = new CallId("call_" + "3".repeat(26));

  @TempDir Path folder;
  private Broker broker;

  @BeforeEach
  void makeBroker() throws IOException {
    broker = new Broker(folder);
  }

  @Test
  void theNewestComesFirst() throws Exception {
    broker.run(
        running -> {
          running.append(Samples.intent(ONE));
          broker.clock.move(Duration.ofSeconds(1));
          running.append(Samples.outcome(ONE));

          assertEquals(
              List.of("call.outcome", "call.intent"),
              running.newest(2).stream().map(AuditRecord::type).toList());
        });
  }

  @Test
  void eachFilterNarrows() throws Exception {
    broker.run(
        running -> {
          running.append(Samples.intent(ONE));
          running.append(Samples.outcome(ONE));
          running.append(Samples.refused(new Refusal.Withheld()));
          running.append(new AuditEvent.AgentRevoked(new AgentId("other"), new Actor.Broker()));
          broker.clock.move(Duration.ofSeconds(1));
          running.append(new AuditEvent.RunEnded(Samples.RUN, Samples.AGENT, "idle"));

          assertEquals(6, count(running, AuditFilter.newest(100)));
          assertEquals(4, count(running, filter("run", Samples.RUN.value())));
          assertEquals(1, count(running, filter("agent", "other")));
          assertEquals(3, count(running, filter("tool", Samples.TOOL.value())));
          assertEquals(2, count(running, filter("call", ONE.value())));
          assertEquals(1, count(running, filter("type", "call.outcome")));
          assertEquals(3, count(running, filter("type", "call.")));
          assertEquals(1, count(running, filter("since", "2026-11-20T12:00:01Z")));
        });
  }

  @Test
  void aFilterHoldsWordsOnly() {
    assertThrows(IllegalArgumentException.class, () -> filter("type", "x' OR 1=1 --"));
    assertThrows(IllegalArgumentException.class, () -> AuditFilter.newest(0));
  }

  @Test
  void aCrashLeavesTheIntentsWithoutOutcomeOpen() throws Exception {
    String crashed =
        broker.crash(
            running -> {
              running.append(Samples.intent(ONE));
              running.append(Samples.intent(TWO));
              running.append(Samples.outcome(ONE));
            });
    broker.run(
        running -> {
          running.append(Samples.intent(THREE)); // this one is running, not left over

          List<OpenIntent> open =
              new AuditRecords(running.database()).openIntents(running.log().chain());

          assertEquals(
              List.of(
                  new OpenIntent(
                      crashed,
                      3,
                      "broker-1",
                      Samples.NOON,
                      TWO,
                      Samples.RUN,
                      Samples.AGENT,
                      Samples.TOOL,
                      Tier.DANGEROUS_WRITE,
                      Samples.DIGEST,
                      Optional.of(Samples.APPROVAL))),
              open);
        });
  }

  @Test
  void anIntentFoundOpenIsClosedOnce() throws Exception {
    String crashed = broker.crash(running -> running.append(Samples.intent(TWO)));
    broker.run(
        running -> {
          var records = new AuditRecords(running.database());
          running.append(
              new AuditEvent.CallUnknown(
                  TWO, Samples.RUN, Samples.AGENT, Samples.TOOL, crashed, 2));

          assertEquals(List.of(), records.openIntents(running.log().chain()));
        });
  }

  @Test
  void aSettledChainIsNotLookedAtAgain() throws Exception {
    broker.crash(running -> running.append(Samples.intent(TWO)));
    broker.run(
        running -> {
          var records = new AuditRecords(running.database());
          String own = running.log().chain();
          running
              .database()
              .write(
                  tx -> {
                    records.settle(tx, own, "broker-1");
                    return true;
                  });

          assertEquals(List.of(), records.openIntents(own));
        });
  }

  private static int count(Broker.Running running, AuditFilter filter) {
    return new AuditRecords(running.database()).list(filter).size();
  }

  private static AuditFilter filter(String field, String value) {
    return new AuditFilter(
        Optional.of(Samples.RUN).filter(_ -> field.equals("run")),
        Optional.of(value).filter(_ -> field.equals("agent")).map(AgentId::new),
        Optional.of(value).filter(_ -> field.equals("tool")).map(ToolName::new),
        Optional.of(value).filter(_ -> field.equals("call")).map(CallId::new),
        Optional.of(value).filter(_ -> field.equals("type")),
        Optional.of(value).filter(_ -> field.equals("since")).map(Instant::parse),
        100);
  }
}
