package dev.keyward.server.credential.lease;

import dev.keyward.call.AgentId;
import dev.keyward.call.LeaseId;
import dev.keyward.call.RunId;
import dev.keyward.catalog.CredentialRef;
import dev.keyward.server.credential.Minted;
import dev.keyward.store.Tx;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The table of leases, statement by statement. Each change says which state it starts from.
final class LeaseRows {
  private static final String LIVE_ENDS =
      "UPDATE leases SET why = ?, due_at = ?,"
          + " state = CASE state WHEN 'LIVE' THEN 'DUE' ELSE state END"
          + " WHERE why IS NULL AND ";

  private LeaseRows() {}

  /// A lease with the seal of its value.
  record Sealed(LeaseRow row, String value) {}

  static void insert(
      Tx tx, LeaseChange.Of of, String kind, String scope, String chain, Instant now) {
    long at = now.toEpochMilli();
    tx.update(
        """
        INSERT INTO leases (id, name, run, agent, chain, state, kind, scope, fingerprint,
          made_at, expires_at, over_at, due_at, attempts)
        VALUES (?, ?, ?, ?, ?, 'ASKED', ?, ?, '', ?, ?, ?, ?, 0)\
        """,
        of.lease().value(),
        of.reference().path(),
        of.run().value(),
        of.agent().value(),
        chain,
        kind,
        scope,
        at,
        at,
        at,
        at);
  }

  static void delete(Tx tx, LeaseId lease) {
    tx.update("DELETE FROM leases WHERE id = ? AND state = 'ASKED'", lease.value());
  }

  static boolean made(
      Tx tx, LeaseId lease, LeaseRow.State state, Minted minted, Instant over, String sealed) {
    return tx.update(
            "UPDATE leases SET state = ?, scope = ?, fingerprint = ?, made_at = ?, expires_at = ?,"
                + " over_at = ?, sealed = ? WHERE id = ? AND state = 'ASKED'",
            state.name(),
            minted.facts().got(),
            minted.facts().fingerprint(),
            minted.made().toEpochMilli(),
            minted.expires().toEpochMilli(),
            over.toEpochMilli(),
            sealed,
            lease.value())
        == 1;
  }

  /// {@return whether it is in use: only then it may live on}
  static boolean prolong(Tx tx, LeaseId lease, Instant end) {
    return tx.update(
            "UPDATE leases SET expires_at = ?, over_at = ?"
                + " WHERE id = ? AND state = 'LIVE' AND why IS NULL",
            end.toEpochMilli(),
            end.toEpochMilli(),
            lease.value())
        == 1;
  }

  /// Those of a run are to be given back; one that is being made becomes so when it is.
  static int endRun(Tx tx, RunId run, String why, Instant now) {
    return tx.update(LIVE_ENDS + "run = ?", why, now.toEpochMilli(), run.value());
  }

  /// Those of a broker are to be given back.
  static int endChain(Tx tx, String chain, String why, Instant now) {
    return tx.update(LIVE_ENDS + "chain = ?", why, now.toEpochMilli(), chain);
  }

  /// Those whose issuer did not say when they end are to be given back when they should have.
  static int endAssumed(Tx tx, String why, Instant now) {
    return tx.update(
        LIVE_ENDS + "state = 'LIVE' AND expires_at <= ? AND over_at > ?",
        why,
        now.toEpochMilli(),
        now.toEpochMilli(),
        now.toEpochMilli());
  }

  /// {@return whether this broker may give it back: no other was first}
  static boolean claim(Tx tx, LeaseRow row, Instant next) {
    return tx.update(
            "UPDATE leases SET attempts = attempts + 1, due_at = ?"
                + " WHERE id = ? AND state = 'DUE' AND attempts = ?",
            next.toEpochMilli(),
            row.lease().value(),
            row.attempts())
        == 1;
  }

  /// Its value may still open something.
  static boolean end(Tx tx, LeaseRow row, String why, String revocation) {
    return tx.update(
            "UPDATE leases SET state = 'OVER', why = ?, revocation = ? WHERE id = ? AND state = ?",
            why,
            revocation,
            row.lease().value(),
            row.state().name())
        == 1;
  }

  /// Its value opens nothing more, and is forgotten.
  static boolean endForGood(Tx tx, LeaseRow row, String why, String revocation, Instant now) {
    tx.update(
        "UPDATE leases SET sealed = NULL, over_at = ? WHERE id = ? AND state = ?",
        now.toEpochMilli(),
        row.lease().value(),
        row.state().name());
    return end(tx, row, why, revocation);
  }

  static int forget(Tx tx, Instant before) {
    return tx.update(
        "DELETE FROM leases WHERE state = 'OVER' AND over_at <= ?", before.toEpochMilli());
  }

  static Optional<LeaseRow> find(Tx tx, LeaseId lease) {
    return tx.sql()
        .createQuery("SELECT * FROM leases WHERE id = :id")
        .bind("id", lease.value())
        .map((row, _) -> row(row))
        .findOne();
  }

  static List<Sealed> due(Tx tx, Instant now, int atMost) {
    return tx.sql()
        .createQuery(
            "SELECT * FROM leases WHERE state = 'DUE' AND due_at <= :now AND over_at > :now"
                + " ORDER BY due_at LIMIT :most")
        .bind("now", now.toEpochMilli())
        .bind("most", atMost)
        .map((row, _) -> sealed(row))
        .list();
  }

  /// {@return what its time is over for, and nothing is done about any more}
  static List<LeaseRow> past(Tx tx, Instant now, int atMost) {
    return tx.sql()
        .createQuery(
            "SELECT * FROM leases WHERE state IN ('LIVE', 'DUE') AND over_at <= :now"
                + " ORDER BY over_at LIMIT :most")
        .bind("now", now.toEpochMilli())
        .bind("most", atMost)
        .map((row, _) -> row(row))
        .list();
  }

  /// {@return what a broker that is gone was about to ask for}
  static List<LeaseRow> asked(Tx tx, String chain) {
    return tx.sql()
        .createQuery("SELECT * FROM leases WHERE chain = :chain AND state = 'ASKED'")
        .bind("chain", chain)
        .map((row, _) -> row(row))
        .list();
  }

  /// {@return whether the passing of time has nothing to do}
  static boolean quiet(Tx tx, Instant now, Instant forgetBefore) {
    return tx.sql()
        .createQuery(
            "SELECT 1 FROM leases WHERE (state = 'LIVE' AND expires_at <= :now)"
                + " OR (state = 'DUE' AND over_at <= :now)"
                + " OR (state = 'OVER' AND over_at <= :before) LIMIT 1")
        .bind("now", now.toEpochMilli())
        .bind("before", forgetBefore.toEpochMilli())
        .mapTo(Integer.class)
        .findOne()
        .isEmpty();
  }

  static Set<RunId> runsEnded(Tx tx, String why) {
    return tx.sql()
        .createQuery("SELECT DISTINCT run FROM leases WHERE why = :why")
        .bind("why", why)
        .map((row, _) -> new RunId(row.getString("run")))
        .set();
  }

  static Set<LeaseId> ids(Tx tx) {
    return tx.sql()
        .createQuery("SELECT id FROM leases")
        .map((row, _) -> new LeaseId(row.getString("id")))
        .set();
  }

  static List<Sealed> withValue(Tx tx) {
    return tx.sql()
        .createQuery("SELECT * FROM leases WHERE sealed IS NOT NULL")
        .map((row, _) -> sealed(row))
        .list();
  }

  static List<LeaseRow> newest(Tx tx, int atMost) {
    return tx.sql()
        .createQuery("SELECT * FROM leases ORDER BY made_at DESC, id LIMIT :most")
        .bind("most", atMost)
        .map((row, _) -> row(row))
        .list();
  }

  private static Sealed sealed(ResultSet row) throws SQLException {
    return new Sealed(row(row), Optional.ofNullable(row.getString("sealed")).orElse(""));
  }

  private static LeaseRow row(ResultSet row) throws SQLException {
    var of =
        new LeaseChange.Of(
            new LeaseId(row.getString("id")),
            new RunId(row.getString("run")),
            new AgentId(row.getString("agent")),
            new CredentialRef(CredentialRef.MINT, row.getString("name"), ""));
    return new LeaseRow(
        of,
        LeaseRow.State.valueOf(row.getString("state")),
        row.getString("kind"),
        row.getString("scope"),
        row.getString("fingerprint"),
        Instant.ofEpochMilli(row.getLong("made_at")),
        Instant.ofEpochMilli(row.getLong("expires_at")),
        Optional.ofNullable(row.getString("why")),
        row.getInt("attempts"),
        Optional.ofNullable(row.getString("revocation")));
  }
}
