package dev.keyward.server.pipeline;

import dev.keyward.approvals.Approvals;
import dev.keyward.approvals.Effect;
import dev.keyward.approvals.Independence;
import dev.keyward.approvals.Person;
import dev.keyward.approvals.Quorum;
import dev.keyward.approvals.SettleResult;
import dev.keyward.approvals.Settlement;
import dev.keyward.approvals.UnknownWrite;
import dev.keyward.approvals.UnknownWrites;
import dev.keyward.call.ApprovalId;
import dev.keyward.call.CallId;
import dev.keyward.call.PersonId;
import dev.keyward.call.ToolName;
import dev.keyward.catalog.Tool;
import dev.keyward.catalog.ToolCatalog;
import dev.keyward.server.audit.ArgumentVault;
import dev.keyward.server.audit.AuditEvent;
import dev.keyward.server.audit.AuditLog;
import dev.keyward.server.audit.AuditRecords;
import dev.keyward.server.audit.IntentFacts;
import dev.keyward.server.audit.StoredArguments;
import dev.keyward.store.Database;
import dev.keyward.store.Tx;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// The writes that ended UNKNOWN, from the table of writes, the record of their intents and the
/// vault of their arguments. Thread-safe.
public final class SqlUnknownWrites implements UnknownWrites {
  private static final String COLUMNS =
      """
      SELECT w.call, w.approval, w.ended_at, s.person, s.effect, s.note, s.settled_at,
        s.independence
      FROM writes w LEFT JOIN settlements s ON s.call = w.call
      """;

  private final Database database;
  private final InstantSource clock;
  private final AuditLog audit;
  private final ArgumentVault vault;
  private final Approvals approvals;
  private final Supplier<ToolCatalog> catalog;

  /// Reads titles from `catalog` as it is at the moment.
  public SqlUnknownWrites(
      Database database,
      InstantSource clock,
      AuditLog audit,
      ArgumentVault vault,
      Approvals approvals,
      Supplier<ToolCatalog> catalog) {
    this.database = database;
    this.clock = clock;
    this.audit = audit;
    this.vault = vault;
    this.approvals = approvals;
    this.catalog = catalog;
  }

  @Override
  public List<UnknownWrite> waiting(Predicate<? super UnknownWrite> wanted, int limit) {
    return database.read(
        tx -> {
          try (Stream<UnknownWrite> all =
              tx
                  .sql()
                  .select(COLUMNS + "WHERE w.state = 'UNKNOWN' ORDER BY w.begun_at")
                  .map((row, _) -> write(tx, row, Optional.empty()))
                  .stream()) {
            return all.filter(wanted).limit(limit).toList();
          }
        });
  }

  @Override
  public Optional<UnknownWrite> find(CallId call) {
    return database.read(tx -> find(tx, call));
  }

  @Override
  public Quorum quorum(UnknownWrite write) {
    return approvals.settlers(write);
  }

  @Override
  public SettleResult settle(CallId call, Person person, Effect effect, String note) {
    String kept = Settlement.note(note);
    if (kept.isEmpty()) {
      throw new IllegalArgumentException("a note says how the person knows");
    }
    return database.write(tx -> settle(tx, call, person.id(), effect, kept));
  }

  private SettleResult settle(Tx tx, CallId call, PersonId person, Effect effect, String note) {
    Optional<UnknownWrite> found = find(tx, call);
    if (found.isEmpty()) {
      return new SettleResult.Unknown();
    }
    UnknownWrite write = found.get();
    Quorum quorum = quorum(write);
    Optional<String> objection = approvals.objection(quorum, person);
    if (objection.isPresent()) {
      return new SettleResult.NotAllowed(objection.get());
    }
    if (!move(tx, call, effect)) {
      return new SettleResult.AlreadySettled(find(tx, call).orElseThrow());
    }
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    var settlement = new Settlement(person, effect, note, now, quorum.independence(person));
    insert(tx, call, settlement);
    write.approval().ifPresent(id -> approvals.settle(tx, id, call));
    audit.append(tx, event(write, settlement));
    return new SettleResult.Recorded(find(tx, call).orElseThrow());
  }

  /// Of any number of people who say something, one is first.
  private static boolean move(Tx tx, CallId call, Effect effect) {
    return tx.sql()
            .execute(
                "UPDATE writes SET state = ? WHERE call = ? AND state = 'UNKNOWN'",
                effect.name(),
                call.value())
        == 1;
  }

  private static void insert(Tx tx, CallId call, Settlement settlement) {
    tx.sql()
        .execute(
            "INSERT INTO settlements (call, person, effect, note, settled_at, independence)"
                + " VALUES (?, ?, ?, ?, ?, ?)",
            call.value(),
            settlement.person().value(),
            settlement.effect().name(),
            settlement.note(),
            settlement.at().toEpochMilli(),
            settlement.independence().name());
  }

  private static AuditEvent event(UnknownWrite write, Settlement settlement) {
    return new AuditEvent.CallSettled(
        write.call(), write.caller(), write.tool(), write.approval(), settlement);
  }

  private Optional<UnknownWrite> find(Tx tx, CallId call) {
    return tx.sql()
        .select(
            COLUMNS + "WHERE w.call = ? AND w.state IN ('UNKNOWN', 'HAPPENED', 'DID_NOT_HAPPEN')",
            call.value())
        .map((row, _) -> write(tx, row, arguments(tx, call)))
        .findOne();
  }

  private UnknownWrite write(Tx tx, ResultSet row, Optional<String> arguments) throws SQLException {
    var call = new CallId(row.getString("call"));
    IntentFacts intent = AuditRecords.intent(tx, call).orElseThrow();
    return new UnknownWrite(
        call,
        intent.caller(),
        intent.tool(),
        title(intent.tool()),
        intent.tier(),
        intent.system(),
        intent.origin(),
        arguments,
        intent.at(),
        Instant.ofEpochMilli(row.getLong("ended_at")),
        Optional.ofNullable(row.getString("approval")).map(ApprovalId::new),
        settlement(row));
  }

  private String title(ToolName tool) {
    return catalog.get().find(tool.value()).map(Tool::title).orElse(tool.value());
  }

  private Optional<String> arguments(Tx tx, CallId call) {
    return switch (vault.open(tx, call)) {
      case StoredArguments.Held(var canonical, var _) -> Optional.of(canonical);
      case StoredArguments.Erased _, StoredArguments.Damaged(), StoredArguments.Absent() ->
          Optional.empty();
    };
  }

  private static Optional<Settlement> settlement(ResultSet row) throws SQLException {
    if (row.getString("person") == null) {
      return Optional.empty();
    }
    return Optional.of(
        new Settlement(
            new PersonId(row.getString("person")),
            Effect.valueOf(row.getString("effect")),
            row.getString("note"),
            Instant.ofEpochMilli(row.getLong("settled_at")),
            Independence.valueOf(row.getString("independence"))));
  }
}
