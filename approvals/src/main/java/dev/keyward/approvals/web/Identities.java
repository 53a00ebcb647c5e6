package dev.keyward.approvals.web;

import static java.lang.System.Logger.Level.WARNING;

import dev.keyward.approvals.Person;
import dev.keyward.call.PersonId;
import dev.keyward.store.Tx;
import java.time.InstantSource;
import java.util.Optional;

/// Which identity elsewhere is which person: one identity of an issuer for each person, and one
/// person for each identity, for good. So two people are two identities, whatever they are called.
final class Identities {
  private static final System.Logger log = System.getLogger(Identities.class.getName());

  private final InstantSource clock;
  private final PersonListener listener;

  Identities(InstantSource clock, PersonListener listener) {
    this.clock = clock;
    this.listener = listener;
  }

  /// {@return the person of this identity, made if it is a new one, with the roles it comes with}
  ///
  /// Empty if they have no role: whoever is known here then has lost theirs. Empty, too, if the
  /// person was removed, or the name is taken: a name may be chosen or change hands there, so it
  /// never makes two identities one person.
  Optional<Person> person(Tx tx, OutsideSignIn.Identified who) {
    tx.lock("identity " + who.issuer() + " " + who.subject());
    Optional<Bound> bound = bound(tx, who.issuer(), who.subject());
    if (bound.isEmpty()) {
      return who.roles().isEmpty() ? Optional.empty() : added(tx, who);
    }
    return bound
        .get()
        .person()
        .flatMap(
            id -> {
              SqlPeople.lock(tx, id);
              return SqlPeople.find(tx, id);
            })
        .map(person -> withRoles(tx, person, who))
        .filter(person -> !person.roles().isEmpty());
  }

  /// Binds a person who is there already.
  boolean bind(Tx tx, PersonId id, String issuer, String subject) {
    tx.lock("identity " + issuer + " " + subject);
    SqlPeople.lock(tx, id.value());
    boolean free =
        bound(tx, issuer, subject).flatMap(Bound::person).isEmpty()
            && SqlPeople.find(tx, id.value()).isPresent()
            && !isBound(tx, id, issuer);
    if (free) {
      insert(tx, id, issuer, subject);
    }
    return free;
  }

  private record Bound(Optional<String> person) {}

  private static Optional<Bound> bound(Tx tx, String issuer, String subject) {
    return tx.sql()
        .createQuery(
            "SELECT person_id FROM person_identity WHERE issuer = :issuer AND subject = :subject")
        .bind("issuer", issuer)
        .bind("subject", subject)
        .map((row, _) -> new Bound(Optional.ofNullable(row.getString("person_id"))))
        .findOne();
  }

  /// {@return whether this person is somebody elsewhere}
  static boolean isBound(Tx tx, PersonId id) {
    return tx.sql()
        .createQuery("SELECT count(*) > 0 FROM person_identity WHERE person_id = :id")
        .bind("id", id.value())
        .mapTo(Boolean.class)
        .one();
  }

  private static boolean isBound(Tx tx, PersonId id, String issuer) {
    return tx.sql()
        .createQuery("SELECT 1 FROM person_identity WHERE issuer = :issuer AND person_id = :id")
        .bind("issuer", issuer)
        .bind("id", id.value())
        .mapTo(Integer.class)
        .findOne()
        .isPresent();
  }

  private Optional<Person> added(Tx tx, OutsideSignIn.Identified who) {
    SqlPeople.lock(tx, who.name().value());
    if (SqlPeople.find(tx, who.name().value()).isPresent()) {
      log.log(
          WARNING,
          "somebody signed in elsewhere whose name exists here; if it is the same person: keyward"
              + " person bind {0} --subject {1}",
          who.name(),
          who.subject());
      return Optional.empty();
    }
    tx.sql()
        .createUpdate("INSERT INTO person (id, added_at) VALUES (:id, :now)")
        .bind("id", who.name().value())
        .bind("now", clock.millis())
        .execute();
    SqlPeople.insertRoles(tx, who.name(), who.roles());
    insert(tx, who.name(), who.issuer(), who.subject());
    var person = new Person(who.name(), who.roles());
    listener.append(tx, new PersonChange.RolesChanged(person));
    return Optional.of(person);
  }

  private void insert(Tx tx, PersonId id, String issuer, String subject) {
    tx.sql()
        .createUpdate(
            """
            INSERT INTO person_identity (issuer, subject, person_id, bound_at)
            VALUES (:issuer, :subject, :id, :now)
            ON CONFLICT (issuer, subject) DO UPDATE SET person_id = :id, bound_at = :now\
            """)
        .bind("issuer", issuer)
        .bind("subject", subject)
        .bind("id", id.value())
        .bind("now", clock.millis())
        .execute();
    listener.append(tx, new PersonChange.Bound(id, issuer, subject));
  }

  private Person withRoles(Tx tx, Person person, OutsideSignIn.Identified who) {
    if (person.roles().equals(who.roles())) {
      return person;
    }
    tx.sql()
        .createUpdate("DELETE FROM person_role WHERE person_id = :id")
        .bind("id", person.id().value())
        .execute();
    SqlPeople.insertRoles(tx, person.id(), who.roles());
    var changed = person.as(who.roles());
    listener.append(tx, new PersonChange.RolesChanged(changed));
    return changed;
  }
}
