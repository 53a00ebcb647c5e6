package dev.keyward.approvals.web;

import dev.keyward.approvals.passkey.Passkey;
import dev.keyward.call.PersonId;
import dev.keyward.store.Tx;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/// The table of people's passkeys, statement by statement.
final class PasskeyRows {
  private PasskeyRows() {}

  static Optional<Passkey> find(Tx tx, PersonId person) {
    return tx.sql()
        .createQuery("SELECT credential, public_key FROM person_passkey WHERE person_id = :person")
        .bind("person", person.value())
        .map((row, _) -> passkey(row))
        .findOne();
  }

  /// {@return the passkey of this name, and whose it is}
  static Optional<PasskeyAttempts.Held> held(Tx tx, String credential) {
    return tx.sql()
        .createQuery(
            "SELECT person_id, credential, public_key FROM person_passkey"
                + " WHERE credential = :credential")
        .bind("credential", credential)
        .map(
            (row, _) ->
                new PasskeyAttempts.Held(new PersonId(row.getString("person_id")), passkey(row)))
        .findOne();
  }

  private static Passkey passkey(ResultSet row) throws SQLException {
    return new Passkey(row.getString("credential"), row.getString("public_key"));
  }

  /// {@return whether it was kept: not where the person, or anybody else with it, has one}
  static boolean insert(Tx tx, PersonId person, Passkey passkey, Instant now) {
    return tx.update(
            "INSERT INTO person_passkey (person_id, credential, public_key, added_at)"
                + " VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            person.value(),
            passkey.credential(),
            passkey.publicKey(),
            now.toEpochMilli())
        == 1;
  }

  static boolean delete(Tx tx, PersonId person) {
    return tx.update("DELETE FROM person_passkey WHERE person_id = ?", person.value()) == 1;
  }
}
