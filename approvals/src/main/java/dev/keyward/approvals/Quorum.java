package dev.keyward.approvals;

import dev.keyward.call.ApprovalKind;
import dev.keyward.call.Caller;
import dev.keyward.call.PersonId;
import dev.keyward.call.ToolName;
import java.util.List;
import java.util.Optional;

/// Who may decide on a request, and how many of them it takes.
///
/// `confirm`: the caller's [Caller#confirmer], whatever their role. `review`: one reviewer who is
/// neither delegator nor owner. `dual`: two such, distinct. A delegator who is only claimed is not
/// independent either: the claim may be true. Nor is who changed the arguments.
///
/// An auditor decides on nothing. Whoever breaks the glass stands for all of them but the
/// confirmer.
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
      case REVIEW -> singleOperator ? reviewer(person) : independentReviewer(person);
      case DUAL -> independentReviewer(person);
    };
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
    return kind == ApprovalKind.CONFIRM
        ? Optional.of("The glass stands for reviewers, not for the person the agent works for.")
        : Optional.empty();
  }

  private boolean mayStillBreak(Decision decision, Reviewers reviewers) {
    return reviewers.person(decision.person()).flatMap(this::objectionToBreaking).isEmpty()
        && reviewers.person(decision.person()).isPresent();
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
    long counted =
        decisions.stream()
            .filter(d -> !d.brokeGlass())
            .map(Decision::person)
            .distinct()
            .flatMap(id -> reviewers.person(id).stream())
            .filter(person -> objection(person).isEmpty())
            .count();
    return counted >= needed();
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
