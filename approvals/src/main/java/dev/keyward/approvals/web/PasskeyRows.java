package dev.keyward.approvals.web;

import dev.keyward.approvals.passkey.Passkey;
import dev.keyward.call.PersonId;
import dev.keyward.store.Tx;
import java.time.Instant;
import java.util.Optional;

/// The table of people's passkeys, statement by statement.
final class PasskeyRows {
  private PasskeyRows() {}

  static Optional<Passkey> find(Tx tx, PersonId person) {
    return tx.sql()
        .createQuery("SELECT credential, public_key FROM person_passkey WHERE person_id = :person")
        .bind("person", person.value())
        .map((row, _) -> new Passkey(row.getString("credential"), row.getString("public_key")))
        .findOne();
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
