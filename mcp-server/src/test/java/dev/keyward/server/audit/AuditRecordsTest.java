package dev.keyward.server.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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

          List<OpenIntent> open = open(running, crashed);

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
          running.append(
              new AuditEvent.CallUnknown(
                  TWO, Samples.RUN, Samples.AGENT, Samples.TOOL, crashed, 2));

          assertEquals(List.of(), open(running, crashed));
        });
  }

  @Test
  void aChainIsSettledOnce() throws Exception {
    String crashed = broker.crash(running -> running.append(Samples.intent(TWO)));
    broker.run(
        running -> {
          var records = new AuditRecords(running.database());
          String own = running.log().chain();
          assertEquals(
              List.of(new AuditRecords.Unsettled(crashed, "broker-1")), records.unsettled(own));

          assertTrue(running.database().<Boolean>write(tx -> records.settle(tx, crashed)));

          assertFalse(running.database().<Boolean>write(tx -> records.settle(tx, crashed)));
          assertEquals(List.of(), records.unsettled(own));
        });
  }

  @Test
  void aStartLooksNoFurtherBackThanTheFirstOpenCall() throws Exception {
    String crashed =
        broker.crash(
            running -> {
              running.append(Samples.intent(ONE));
              running.append(Samples.outcome(ONE));
              running.append(Samples.intent(TWO));
              for (int i = 0; i < 1_000; i++) {
                running.append(Samples.intent(THREE));
                running.append(Samples.outcome(THREE));
              }
            });

    broker.run(
        running -> {
          long from =
              running
                  .database()
                  .read(
                      tx ->
                          tx.sql()
                              .select("SELECT open_from FROM audit_chains WHERE chain = ?", crashed)
                              .mapTo(long.class)
                              .one());
          assertEquals(4, from); // after server.start and the two records of the first call
          assertEquals(
              List.of(TWO), open(running, crashed).stream().map(OpenIntent::call).toList());
        });
  }

  private static List<OpenIntent> open(Broker.Running running, String chain) {
    var records = new AuditRecords(running.database());
    return running.database().read(tx -> records.openIntents(tx, chain));
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
