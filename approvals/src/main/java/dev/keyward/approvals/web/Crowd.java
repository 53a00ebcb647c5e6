package dev.keyward.approvals.web;

import dev.keyward.store.Database;
import dev.keyward.store.Tx;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;

/// How many may have begun something and not ended it: in all, and from one address.
///
/// @param table in which each has a row, with `address` and `asked_at`
/// @param lifetime after which what was begun counts no longer
record Crowd(String table, int most, int mostOfAnAddress, Duration lifetime) {

  /// Begins one more, unless too many have, and forgets those whose time is up. Nothing is written
  /// for whoever only knocks.
  ///
  /// @param begin makes the row
  <T> Optional<T> admit(Database database, String address, Instant now, Function<Tx, T> begin) {
    if (database.read(tx -> isFull(tx, address, now))) {
      return Optional.empty();
    }
    return database.write(
        tx -> {
          tx.lock(table);
          if (isFull(tx, address, now)) {
            return Optional.empty();
          }
          tx.update("DELETE FROM " + table + " WHERE asked_at <= ?", oldest(now));
          return Optional.of(begin.apply(tx));
        });
  }

  private boolean isFull(Tx tx, String address, Instant now) {
    return tx.sql()
        .createQuery(
            "SELECT count(*) >= :most OR count(CASE WHEN address = :address THEN 1 END) >= :ofOne"
                + " FROM "
                + table
                + " WHERE asked_at > :oldest")
        .bind("most", most)
        .bind("ofOne", mostOfAnAddress)
        .bind("address", address)
        .bind("oldest", oldest(now))
        .mapTo(Boolean.class)
        .one();
  }

  /// {@return what was begun by then, in epoch milliseconds, counts no longer}
  long oldest(Instant now) {
    return now.minus(lifetime).toEpochMilli();
  }
}
