package dev.keyward.server.crash;

import dev.keyward.server.Called;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/// What clients, people and the operator were told, in the order in which they were told: all of it
/// must be found on disk after any crash. For many threads.
final class Ledger {
  private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
  private final Queue<Vote> votes = new ConcurrentLinkedQueue<>();
  private final Set<String> approved = ConcurrentHashMap.newKeySet();
  private final Set<String> people = ConcurrentHashMap.newKeySet();
  private final Queue<String> surprises = new ConcurrentLinkedQueue<>();
  private final Map<String, AtomicInteger> linkUses = new ConcurrentHashMap<>();
  private final AtomicInteger secretVersion = new AtomicInteger(1);
  private final AtomicInteger unavailable = new AtomicInteger();
  private volatile Runnable onEntry = () -> {};

  /// An agent's answer to a call of `job`.
  ///
  /// @param approval as the answer names it, else empty
  record Answer(Job job, String call, String code, String approval) {}

  /// A person's answer that the page took.
  record Vote(String approval, String person, boolean approve) {}

  /// From now on `action` runs after each new entry.
  void onEntry(Runnable action) {
    onEntry = action;
  }

  void answered(Job job, Called answer) {
    answers.add(new Answer(job, answer.call(), answer.code(), answer.approval()));
    if (answer.code().equals("audit_unavailable")) {
      unavailable();
    } else {
      onEntry.run();
    }
  }

  /// Somebody was told that the broker cannot write at the moment.
  void unavailable() {
    unavailable.incrementAndGet();
  }

  /// {@return how often that was}
  int timesUnavailable() {
    return unavailable.get();
  }

  void voted(String approval, String person, boolean approve) {
    votes.add(new Vote(approval, person, approve));
    onEntry.run();
  }

  /// An agent was told that people agreed.
  void toldApproved(String approval) {
    approved.add(approval);
    onEntry.run();
  }

  void personAdded(String name) {
    people.add(name);
    onEntry.run();
  }

  void secretStored(int version) {
    secretVersion.accumulateAndGet(version, Math::max);
    onEntry.run();
  }

  /// A sign-in link signed somebody in.
  void linkUsed(URI link) {
    linkUses.computeIfAbsent(link.getPath(), _ -> new AtomicInteger()).incrementAndGet();
    onEntry.run();
  }

  /// Something happened that nobody should ever see.
  void surprise(String what) {
    surprises.add(what);
  }

  List<Answer> answers() {
    return List.copyOf(answers);
  }

  List<Vote> votes() {
    return List.copyOf(votes);
  }

  Set<String> approved() {
    return Set.copyOf(approved);
  }

  Set<String> people() {
    return Set.copyOf(people);
  }

  int secretVersion() {
    return secretVersion.get();
  }

  /// {@return what is wrong with what was told alone}
  List<String> surprises() {
    var found = new ArrayList<>(surprises);
    linkUses.forEach(
        (_, uses) -> {
          if (uses.get() > 1) {
            found.add("a sign-in link signed in " + uses.get() + " times");
          }
        });
    return found;
  }

  /// {@return how much was told, in words}
  String count() {
    long calls = answers.stream().filter(answer -> answer.code().equals("ok")).count();
    long asked = answers.stream().filter(answer -> answer.code().equals("pending")).count();
    return answers.size()
        + " answers to agents ("
        + calls
        + " results, "
        + asked
        + " pending), "
        + votes.size()
        + " decisions, "
        + (people.size() + linkUses.size() + secretVersion.get() - 1)
        + " operator's changes and sign-ins";
  }
}
