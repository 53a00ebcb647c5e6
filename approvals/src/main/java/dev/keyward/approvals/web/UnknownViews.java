package dev.keyward.approvals.web;

import dev.keyward.approvals.Effect;
import dev.keyward.approvals.Person;
import dev.keyward.approvals.Settlement;
import dev.keyward.approvals.UnknownWrite;
import dev.keyward.approvals.UnknownWrites;
import dev.keyward.call.Caller;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// Turns writes with an unknown outcome into page models.
final class UnknownViews {
  private static final int MOST = 100;

  private final UnknownWrites writes;
  private final Scrubbed scrubbed;
  private final InstantSource clock;

  UnknownViews(UnknownWrites writes, Scrubbed scrubbed, InstantSource clock) {
    this.writes = writes;
    this.scrubbed = scrubbed;
    this.clock = clock;
  }

  /// {@return whether this person may see it: reviewers what they review, others what is done for
  /// them}
  static boolean maySee(UnknownWrite write, Person person) {
    boolean theirs = write.caller().confirmer().equals(person.id()) && !person.roles().isEmpty();
    return person.sees(write.tool(), write.system(), write.caller().workspace()) || theirs;
  }

  /// {@return what waits for somebody to look, and this person may see}
  List<UnknownPage.Row> waiting(Session session) {
    Instant now = clock.instant();
    return writes.waiting(write -> maySee(write, session.person()), MOST).stream()
        .map(write -> row(write, now))
        .toList();
  }

  UnknownPage page(UnknownWrite write, Session session, List<Notice> notices, String note) {
    Instant now = clock.instant();
    Caller caller = write.caller();
    Optional<List<Argument>> arguments =
        write
            .argumentsJson()
            .flatMap(json -> scrubbed.arguments(json, List.of(), Optional.empty()));
    return new UnknownPage(
        Visitor.of(session),
        row(write, now),
        write.origin(),
        arguments.orElse(List.of()),
        arguments.isPresent(),
        caller.owner().value(),
        caller.delegator().map(Words::behalf).orElse("nobody"),
        caller.run().value(),
        write.approval().map(Object::toString).orElse(""),
        notices,
        choice(write, session, now, note));
  }

  private UnknownPage.Choice choice(UnknownWrite write, Session session, Instant now, String note) {
    if (write.settlement().isPresent()) {
      return settled(write.settlement().get(), now);
    }
    return writes
        .quorum(write)
        .objection(session.person())
        .<UnknownPage.Choice>map(UnknownPage.Choice.Closed::new)
        .orElse(new UnknownPage.Choice.Open(note));
  }

  private UnknownPage.Choice settled(Settlement settlement, Instant now) {
    return new UnknownPage.Choice.Settled(
        badge(settlement.effect()),
        settlement.person().value(),
        scrubbed.pieces(settlement.note()),
        Moment.of(settlement.at(), now),
        settlement.independence().wire());
  }

  private static Badge badge(Effect effect) {
    return switch (effect) {
      case HAPPENED -> new Badge("good", "✓", "It happened");
      case DID_NOT_HAPPEN -> new Badge("over", "–", "It did not happen");
    };
  }

  private static UnknownPage.Row row(UnknownWrite write, Instant now) {
    return new UnknownPage.Row(
        write.call().value(),
        write.title(),
        write.tool().value(),
        Badge.of(write.tier()),
        write.system(),
        write.caller().agent().value(),
        Moment.of(write.begun(), now));
  }
}
