package dev.keyward.server.notice;

import dev.keyward.approvals.Addresses;
import dev.keyward.approvals.ApprovalRequest;
import dev.keyward.approvals.Approvals;
import dev.keyward.approvals.Person;
import dev.keyward.approvals.Quorum;
import dev.keyward.call.ApprovalId;
import dev.keyward.call.PersonId;
import dev.keyward.store.Database;
import dev.keyward.store.Tx;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// One look at what waits and at whom to tell of it, by the broker that is the first to look.
final class Gathering {
  private static final int AT_ONCE = 1000;
  private static final Comparator<ApprovalRequest> URGENT_FIRST =
      Comparator.comparing(Tellings::urgent).reversed().thenComparing(ApprovalRequest::asked);

  private final Database database;
  private final InstantSource clock;
  private final Outbox outbox;
  private final Map<String, Channel> channels = new HashMap<>();
  private final Approvals approvals;
  private final Addresses addresses;

  Gathering(
      Database database,
      InstantSource clock,
      Outbox outbox,
      Collection<Channel> channels,
      Approvals approvals,
      Addresses addresses) {
    this.database = database;
    this.clock = clock;
    this.outbox = outbox;
    this.approvals = approvals;
    this.addresses = addresses;
    channels.forEach(channel -> this.channels.put(channel.name(), channel));
  }

  /// Makes a message for each audience that has to be told now.
  ///
  /// @return how many
  int gather(Function<ApprovalId, URI> page) {
    List<ApprovalId> noted = database.read(Gathering::noted);
    if (!noted.isEmpty()) {
      spread(noted);
    }
    Map<ApprovalId, ApprovalRequest> untold = untold();
    return untold.isEmpty() ? 0 : tell(untold, page);
  }

  private static List<ApprovalId> noted(Tx tx) {
    return tx.sql()
        .select("SELECT approval FROM notices ORDER BY asked_at, approval LIMIT ?", AT_ONCE)
        .mapTo(String.class)
        .map(ApprovalId::new)
        .list();
  }

  /// Says of each new request who is to be told.
  private void spread(List<ApprovalId> noted) {
    List<ApprovalRequest> waiting = approvals.findAll(noted).stream().filter(this::waits).toList();
    Collection<Person> people = people().values();
    database.write(
        tx -> {
          Set<ApprovalId> ours =
              noted.stream().filter(id -> taken(tx, id)).collect(Collectors.toSet());
          for (ApprovalRequest request : waiting) {
            if (ours.contains(request.id())) {
              audiences(request, people).forEach(to -> Tellings.add(tx, to, request));
            }
          }
          return ours;
        });
  }

  /// Whether no other broker has taken it meanwhile.
  private static boolean taken(Tx tx, ApprovalId id) {
    return tx.update("DELETE FROM notices WHERE approval = ?", id.value()) == 1;
  }

  private List<Audience> audiences(ApprovalRequest request, Collection<Person> people) {
    List<PersonId> deciding = people.stream().filter(mayDecide(request)).map(Person::id).toList();
    return channels.values().stream()
        .flatMap(channel -> channel.audiences(deciding).stream())
        .toList();
  }

  /// Of what somebody has to be told now, as it stands; empty if nobody has.
  private Map<ApprovalId, ApprovalRequest> untold() {
    Instant now = clock.instant();
    List<ApprovalId> ids =
        database.read(
            tx ->
                due(tx, now).stream()
                    .flatMap(audience -> Tellings.untold(tx, audience, now).stream())
                    .distinct()
                    .toList());
    return ids.isEmpty()
        ? Map.of()
        : approvals.findAll(ids).stream()
            .collect(Collectors.toMap(ApprovalRequest::id, Function.identity()));
  }

  private List<Audience> due(Tx tx, Instant now) {
    return Tellings.due(tx, now).stream()
        .filter(audience -> channels.containsKey(audience.channel()))
        .toList();
  }

  /// Who is due, and of what, is read again: another broker may have told them meanwhile.
  private int tell(Map<ApprovalId, ApprovalRequest> untold, Function<ApprovalId, URI> page) {
    Map<PersonId, Person> people = people();
    return database.write(
        tx -> {
          tx.lock("notices");
          int messages = 0;
          for (Audience audience : due(tx, clock.instant())) {
            List<ApprovalRequest> all = untold(tx, audience, untold, people);
            if (!all.isEmpty()) {
              tell(tx, audience, all, page);
              messages++;
            }
          }
          Tellings.tidy(tx, clock.instant());
          return messages;
        });
  }

  private List<ApprovalRequest> untold(
      Tx tx,
      Audience audience,
      Map<ApprovalId, ApprovalRequest> untold,
      Map<PersonId, Person> people) {
    List<ApprovalRequest> all = new ArrayList<>();
    for (ApprovalId id : Tellings.untold(tx, audience, clock.instant())) {
      ApprovalRequest request = untold.get(id);
      if (request == null) {
        continue; // came since it was read, and is told of the next time
      }
      if (waits(request) && concerns(audience, request, people)) {
        all.add(request);
      } else {
        Tellings.drop(tx, audience, id);
      }
    }
    all.sort(URGENT_FIRST);
    return all;
  }

  private void tell(
      Tx tx, Audience audience, List<ApprovalRequest> all, Function<ApprovalId, URI> page) {
    Instant now = clock.instant();
    int earlier = Tellings.waiting(tx, audience, now);
    String message = outbox.put(tx, audience, NoticeJson.waiting(all, earlier, now, page));
    all.forEach(request -> Tellings.told(tx, audience, request.id(), message, now));
  }

  private boolean waits(ApprovalRequest request) {
    return request.state().undecided() && request.expires().isAfter(clock.instant());
  }

  private boolean concerns(
      Audience audience, ApprovalRequest request, Map<PersonId, Person> people) {
    return audience
        .person()
        .map(id -> Optional.ofNullable(people.get(id)).stream().anyMatch(mayDecide(request)))
        .orElse(true);
  }

  private Predicate<Person> mayDecide(ApprovalRequest request) {
    Quorum quorum = approvals.quorum(request);
    return person -> quorum.objection(person).isEmpty();
  }

  private Map<PersonId, Person> people() {
    return channels.values().stream().noneMatch(Channel::personal)
        ? Map.of()
        : addresses.reachable().stream().collect(Collectors.toMap(Person::id, Function.identity()));
  }
}
