package dev.keyward.server.run;

import dev.keyward.call.Hashes;
import dev.keyward.call.RunId;
import dev.keyward.store.Database;
import dev.keyward.store.Tx;
import java.util.Map;
import java.util.Set;

/// The ids that a run was given when it was opened, or that results have shown it since.
///
/// Kept as digests, so that the table tells nobody which records an agent has seen; one run's say
/// nothing about another's. Ids are compared character by character. Thread-safe.
public final class ShownIds {
  private static final int MOST_AT_ONCE = 1_000;
  private static final char BETWEEN = '\0'; // neither a run nor a kind can hold it

  private final Database database;

  /// Keeps them in `database`.
  public ShownIds(Database database) {
    this.database = database;
  }

  /// {@return whether the run was given or has been shown this id of this kind}
  public boolean has(RunId run, String kind, String id) {
    return database.read(tx -> has(tx, run, kind, id));
  }

  static boolean has(Tx tx, RunId run, String kind, String id) {
    return tx.sql()
        .createQuery("SELECT 1 FROM shown_ids WHERE run = :run AND digest = :digest")
        .bind("run", run.value())
        .bind("digest", digest(run, kind, id))
        .mapTo(Integer.class)
        .findOne()
        .isPresent();
  }

  /// Notes ids, by kind, in the unit of what showed them; of each kind the first thousand.
  public static void note(Tx tx, RunId run, Map<String, Set<String>> ids) {
    ids.forEach(
        (kind, values) ->
            values.stream()
                .limit(MOST_AT_ONCE)
                .forEach(
                    id ->
                        tx.update(
                            "INSERT INTO shown_ids (run, digest) VALUES (?, ?) ON CONFLICT DO"
                                + " NOTHING",
                            run.value(),
                            digest(run, kind, id))));
  }

  /// Forgets what a run has seen, with its end.
  public static void erase(Tx tx, RunId run) {
    tx.update("DELETE FROM shown_ids WHERE run = ?", run.value());
  }

  private static String digest(RunId run, String kind, String id) {
    return Hashes.sha256Hex(run.value() + BETWEEN + kind + BETWEEN + id);
  }
}
