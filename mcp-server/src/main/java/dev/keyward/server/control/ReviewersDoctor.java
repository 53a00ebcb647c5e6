package dev.keyward.server.control;

import dev.keyward.approvals.Person;
import dev.keyward.approvals.Role;
import dev.keyward.approvals.passkey.PasskeySite;
import dev.keyward.call.Tier;
import dev.keyward.catalog.Tool;
import dev.keyward.server.identity.Agent;
import dev.keyward.server.identity.Agents;
import java.net.URI;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// What the doctor says about who can agree to dangerous writes: enough in all, and enough who are
/// independent of each agent.
final class ReviewersDoctor {
  private static final int TWO = 2;

  private final OperatorCommands.Parts parts;

  ReviewersDoctor(OperatorCommands.Parts parts) {
    this.parts = parts;
  }

  void examine(Findings findings) {
    boolean single = parts.config().approvals().singleOperator();
    if (single) {
      findings.add(
          "warning",
          "approvals",
          "declared as a single-operator install: nobody who decides is independent");
    }
    int needed = dangerous().isEmpty() ? 0 : single ? 1 : TWO;
    List<Person> reviewers =
        parts.people().list().stream()
            .filter(person -> person.is(Role.REVIEWER) && !person.is(Role.AUDITOR))
            .toList();
    findings.say(
        reviewers.size() >= needed,
        "problem",
        "reviewers",
        Findings.count(reviewers.size(), "reviewer"),
        "dangerous writes need "
            + needed
            + " reviewers, there are "
            + reviewers.size()
            + "; add one with: keyward person add NAME --role reviewer");
    List<Person> able = able(findings, reviewers, needed);
    if (!single && able.size() >= needed) {
      independent(findings, able);
    }
  }

  /// {@return who of them can agree, which is all of them unless passkeys are required}
  private List<Person> able(Findings findings, List<Person> reviewers, int needed) {
    if (!parts.config().approvals().passkeys()) {
      return reviewers;
    }
    URI pages = parts.peopleUrl().get();
    if (!new PasskeySite(pages).usable()) {
      findings.add(
          "problem",
          "passkeys",
          "are required, and browsers make none for "
              + pages
              + ": set people.origin to an https address with a name, or people.listen to"
              + " localhost");
      return List.of();
    }
    List<Person> able =
        reviewers.stream()
            .filter(person -> parts.people().passkey(person.id()).isPresent())
            .toList();
    findings.say(
        able.size() >= needed,
        "problem",
        "passkeys",
        Findings.count(able.size(), "reviewer") + " with one",
        "dangerous writes need "
            + Findings.count(needed, "reviewer")
            + " with a passkey, there "
            + (able.size() == 1 ? "is " : "are ")
            + able.size()
            + "; each makes one at "
            + pages.resolve("/passkey"));
    return able;
  }

  /// Two in all are too few for an agent that one of them owns.
  private void independent(Findings findings, List<Person> able) {
    for (Agents.Listed listed : parts.agents().list()) {
      if (!listed.revoked()) {
        beyondAgreement(listed.agent(), able)
            .ifPresent(
                tool ->
                    findings.add(
                        "problem",
                        "agent " + listed.agent().id(),
                        "too few can agree when it calls "
                            + tool.name()
                            + ": that takes two reviewers"
                            + (parts.config().approvals().passkeys() ? " with a passkey" : "")
                            + " who review it and are not its owner "
                            + listed.agent().owner()));
      }
    }
  }

  /// {@return the first dangerous tool of this agent for which there are too few}
  private Optional<Tool> beyondAgreement(Agent agent, List<Person> able) {
    return dangerous().stream()
        .filter(tool -> agent.tools().sees(tool.name()))
        .filter(tool -> independent(agent, tool, able) < TWO)
        .min(Comparator.comparing(tool -> tool.name().value()));
  }

  private static long independent(Agent agent, Tool tool, List<Person> able) {
    return able.stream()
        .filter(person -> !person.id().equals(agent.owner()))
        .filter(
            person -> person.scope().covers(tool.name(), tool.target().system(), agent.workspace()))
        .count();
  }

  private List<Tool> dangerous() {
    return parts.catalog().current().tools().stream()
        .filter(tool -> tool.tier() == Tier.DANGEROUS_WRITE)
        .toList();
  }
}
