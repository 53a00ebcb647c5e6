package dev.keyward.approvals;

import dev.keyward.call.ApprovalKind;
import dev.keyward.call.Caller;
import dev.keyward.call.PersonId;
import dev.keyward.call.ToolName;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Who may decide on a request, and how many of them it takes.
///
/// `confirm`: the caller's [Caller#confirmer], whatever their role. `review`: one reviewer who is
/// neither delegator nor owner. `dual`: two such, distinct. A delegator who is only claimed is not
/// independent either: the claim may be true. Nor is who changed the arguments.
///
/// An auditor decides on nothing. Whoever breaks the glass stands for all of them but the
/// confirmer, and has neither the agent working for them nor changed its call.
///
/// @param tool that would act, or has acted
/// @param system where
/// @param singleOperator whether a `review` may be decided by any reviewer
/// @param editor who changed the arguments
public record Quorum(
    ApprovalKind kind,
    Caller caller,
    ToolName tool,
    String system,
    boolean singleOperator,
    Optional<PersonId> editor) {

  /// {@return how many people must approve}
  public int needed() {
    return switch (kind) {
      case CONFIRM, REVIEW -> 1;
      case DUAL -> 2;
    };
  }

  /// {@return why this person may not decide, as a sentence for them; empty if they may}
  public Optional<String> objection(Person person) {
    if (person.is(Role.AUDITOR)) {
      return Optional.of("An auditor decides on nothing.");
    }
    return switch (kind) {
      case CONFIRM -> person.id().equals(caller.confirmer()) ? hasRole(person) : notTheirs();
      case REVIEW, DUAL -> inPlaceOf(person).isPresent() ? Optional.empty() : ownObjection(person);
    };
  }

  /// {@return the reviewer in whose place this person decides: themselves, or somebody who has lent
  /// them theirs; empty where nobody reviews, or this person may not}
  ///
  /// What is lent is what somebody reviews: both have to be independent of the call.
  public Optional<PersonId> inPlaceOf(Person person) {
    if (kind == ApprovalKind.CONFIRM || person.is(Role.AUDITOR)) {
      return Optional.empty();
    }
    if (ownObjection(person).isEmpty()) {
      return Optional.of(person.id());
    }
    return involved(person.id()) || edited(person.id())
        ? Optional.empty()
        : person.lenders().stream()
            .filter(lender -> !lender.is(Role.AUDITOR))
            .filter(lender -> independentReviewer(lender).isEmpty())
            .map(Person::id)
            .min(Comparator.comparing(PersonId::value));
  }

  private Optional<String> ownObjection(Person person) {
    return kind == ApprovalKind.REVIEW && singleOperator
        ? reviewer(person)
        : independentReviewer(person);
  }

  /// {@return why this person may not break the glass here, as a sentence for them; empty if they
  /// may}
  public Optional<String> objectionToBreaking(Person person) {
    if (person.is(Role.AUDITOR)) {
      return Optional.of("An auditor decides on nothing.");
    }
    if (!person.is(Role.BREAK_GLASS)) {
      return Optional.of("You do not have the role break-glass.");
    }
    if (kind == ApprovalKind.CONFIRM) {
      return Optional.of("The glass stands for reviewers, not for the person the agent works for.");
    }
    if (involved(person.id()) && !singleOperator) {
      return Optional.of("The agent works for you, so somebody else has to break the glass.");
    }
    return edited(person.id())
        ? Optional.of("You changed this call, so somebody else has to break the glass.")
        : Optional.empty();
  }

  private boolean mayStillBreak(Decision decision, Reviewers reviewers) {
    return whoDecided(decision, reviewers)
        .filter(person -> objectionToBreaking(person).isEmpty())
        .isPresent();
  }

  /// Whoever is called so today may be somebody else, and a place may have been lent anew.
  private static Optional<Person> whoDecided(Decision decision, Reviewers reviewers) {
    return reviewers
        .person(decision.person())
        .filter(person -> !decision.at().isBefore(person.since()))
        .map(person -> person.asOf(decision.at()));
  }

  /// {@return how this person stands to the call}
  public Independence independence(PersonId person) {
    if (kind == ApprovalKind.CONFIRM) {
      return Independence.CONFIRMER;
    }
    return involved(person) || edited(person) ? Independence.NONE : Independence.INDEPENDENT;
  }

  /// {@return the role in which people decide here}
  public Role role() {
    return kind == ApprovalKind.CONFIRM ? Role.MEMBER : Role.REVIEWER;
  }

  /// {@return whether nobody denied, and enough distinct people approved who still exist and may
  /// still decide}
  public boolean satisfied(List<Decision> decisions, Reviewers reviewers) {
    if (decisions.stream().anyMatch(d -> d.verdict() == Verdict.DENY)) {
      return false;
    }
    if (decisions.stream().anyMatch(d -> d.brokeGlass() && mayStillBreak(d, reviewers))) {
      return true;
    }
    return agreed(decisions, reviewers) >= needed();
  }

  /// {@return how many have approved who still exist and may still decide; those who share a place,
  /// because one has lent it to the other or somebody to both, are one}
  public int agreed(List<Decision> decisions, Reviewers reviewers) {
    List<Set<PersonId>> sides = new ArrayList<>();
    approving(decisions, reviewers).map(this::side).forEach(side -> join(sides, side));
    return sides.size();
  }

  /// {@return who else has approved in a place that is this person's too, so that their own
  /// approval would add nothing; nobody where they may not decide}
  public List<PersonId> inTheSamePlace(
      Person person, List<Decision> decisions, Reviewers reviewers) {
    if (objection(person).isPresent()) {
      return List.of();
    }
    Set<PersonId> side = side(person);
    return approving(decisions, reviewers)
        .filter(other -> !other.id().equals(person.id()))
        .filter(other -> !Collections.disjoint(side(other), side))
        .map(Person::id)
        .toList();
  }

  private Stream<Person> approving(List<Decision> decisions, Reviewers reviewers) {
    return decisions.stream()
        .filter(d -> d.verdict() == Verdict.APPROVE && !d.brokeGlass())
        .flatMap(d -> whoDecided(d, reviewers).stream())
        .filter(person -> objection(person).isEmpty());
  }

  /// Makes one of a side and of those that have somebody in common with it.
  private static void join(List<Set<PersonId>> sides, Set<PersonId> side) {
    Set<PersonId> joined = new HashSet<>(side);
    sides.stream().filter(other -> !Collections.disjoint(other, side)).forEach(joined::addAll);
    sides.removeIf(other -> joined.containsAll(other));
    sides.add(joined);
  }

  private Set<PersonId> side(Person person) {
    Set<PersonId> side = new HashSet<>(Set.of(person.id()));
    if (inPlaceOf(person).filter(place -> !place.equals(person.id())).isPresent()) {
      person.lenders().forEach(lender -> side.add(lender.id()));
    }
    return side;
  }

  private static Optional<String> hasRole(Person person) {
    return person.roles().isEmpty() ? Optional.of("You have no role here.") : Optional.empty();
  }

  private static Optional<String> notTheirs() {
    return Optional.of("Only the person for whom the agent works confirms this call.");
  }

  private Optional<String> reviewer(Person person) {
    if (!person.is(Role.REVIEWER)) {
      return Optional.of("Only a reviewer decides on this call.");
    }
    return person.scope().covers(tool, system, caller.workspace())
        ? Optional.empty()
        : Optional.of("This call is not among those that you review.");
  }

  private Optional<String> independentReviewer(Person person) {
    if (involved(person.id())) {
      return Optional.of("The agent works for you, so somebody independent has to decide.");
    }
    return edited(person.id())
        ? Optional.of("You changed this call, so somebody else has to decide.")
        : reviewer(person);
  }

  private boolean edited(PersonId person) {
    return editor.filter(person::equals).isPresent();
  }

  private boolean involved(PersonId person) {
    return person.equals(caller.owner())
        || caller.delegator().filter(d -> d.person().equals(person)).isPresent();
  }
}
