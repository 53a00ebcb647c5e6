package dev.keyward.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.keyward.call.AgentId;
import dev.keyward.call.CallRefused;
import dev.keyward.call.PersonId;
import dev.keyward.redaction.Secret;
import dev.keyward.server.identity.Agent;
import dev.keyward.server.identity.Agents;
import dev.keyward.server.identity.Epoch;
import dev.keyward.server.identity.Identity;
import dev.keyward.server.identity.Tokens;
import dev.keyward.server.identity.ToolNames;
import dev.keyward.server.identity.ToolScope;
import dev.keyward.store.CutWire;
import dev.keyward.store.PostgresDatabase;
import dev.keyward.store.PostgresSettings;
import dev.keyward.store.StoreUnavailable;
import dev.keyward.store.TestPostgres;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What one process revokes, another knows within a second by its own clock, or lets nobody in.
@Timeout(120)
final class EpochTest {
  private static final Duration A_SECOND = Duration.ofSeconds(1);
  private static final AgentId NAME = new AgentId("a1");

  private final PostgresSettings settings = TestPostgres.shared().database();
  private final CutWire wire = new CutWire(settings);
  private final AtomicLong nanos = new AtomicLong();
  private final PostgresDatabase here = PostgresDatabase.open(settings.as("here"));
  private final PostgresDatabase there = PostgresDatabase.open(wire.through(settings).as("there"));
  private final Agents agents = agents(here, new Epoch(here, nanos::get));
  private Identity identity;
  private Secret key;

  @BeforeEach
  void start() {
    key =
        agents.add(
            new Agent(
                NAME,
                "any",
                "any",
                new PersonId("olga"),
                ToolScope.of(List.of("crm.*")),
                ToolNames.CANONICAL),
            Duration.ofDays(1));
    var epoch = new Epoch(there, nanos::get);
    identity =
        new Identity(agents(there, epoch), _ -> Optional.empty(), Tokens.NONE, epoch, () -> {});
    epoch.look();
  }

  @AfterEach
  void stop() throws Exception {
    there.close();
    here.close();
    wire.close();
  }

  @Test
  void aKeyRevokedElsewhereIsRefusedAfterASecondAlthoughNobodyLooked() {
    assertEquals(NAME, identity.authenticate(key).agent().id());

    agents.revoke(NAME);
    nanos.addAndGet(A_SECOND.toNanos());

    assertThrows(CallRefused.class, () -> identity.authenticate(key));
  }

  @Test
  void withoutTheDatabaseNobodyIsLetInAfterASecond() {
    wire.cut();
    assertEquals(NAME, identity.authenticate(key).agent().id());

    nanos.addAndGet(A_SECOND.toNanos());

    assertThrows(StoreUnavailable.class, () -> identity.authenticate(key));
  }

  private static Agents agents(PostgresDatabase database, Epoch epoch) {
    return new Agents(database, () -> Instant.EPOCH, new SecureRandom(), (_, _) -> {}, epoch);
  }
}
