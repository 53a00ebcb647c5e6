package dev.keyward.server;

import dev.keyward.server.credential.MasterKey;
import dev.keyward.store.Database;
import dev.keyward.store.Tx;
import java.util.HexFormat;
import java.util.Optional;

/// That all brokers over one database have the same master key: idempotency keys and the encrypted
/// arguments depend on it. The database holds a value derived from it, which tells nothing about
/// it.
final class CommonKey {
  private static final String NAME = "master key";

  private CommonKey() {}

  /// Leaves the value for the brokers to come, or compares.
  ///
  /// @throws CannotStart if another broker has started with another key
  static void require(Database database, MasterKey key) throws CannotStart {
    String mine = HexFormat.of().formatHex(key.derive("common to all brokers of a database"));
    String common = database.write(tx -> common(tx, mine));
    if (!common.equals(mine)) {
      throw new CannotStart(
          "master.key is another than that of the brokers over this database: copy theirs into this"
              + " home folder");
    }
  }

  private static String common(Tx tx, String mine) {
    tx.lock(NAME);
    Optional<String> known =
        tx.sql()
            .createQuery("SELECT value FROM common_values WHERE name = :name")
            .bind("name", NAME)
            .mapTo(String.class)
            .findOne();
    if (known.isEmpty()) {
      tx.sql().execute("INSERT INTO common_values (name, value) VALUES (?, ?)", NAME, mine);
    }
    return known.orElse(mine);
  }
}
