package dev.keyward.server.config;

import dev.keyward.approvals.ApprovalSettings;
import dev.keyward.approvals.QuestionLimits;
import dev.keyward.approvals.QuestionLimits.Most;
import java.time.Duration;
import tools.jackson.databind.JsonNode;

/// Reads how much people are asked from the section `approvals` of the settings, whose ranges the
/// schema has checked.
///
/// What is not set: an agent may ask as many questions one after another as it may have waiting,
/// and a person's agents together as many as one of them, or as may wait on that person's account.
final class QuestionsSection {
  private QuestionsSection() {}

  /// {@return the limits, with the defaults of what is not set}
  static QuestionLimits read(JsonNode approvals) {
    Most standard = ApprovalSettings.DEFAULT.questions().agent();
    JsonNode questions = approvals.path("questions");
    int ofAgent = approvals.path("max_pending_per_agent").asInt(standard.waiting());
    int ofPerson = approvals.path("max_pending_per_person").asInt(ofAgent);
    Most agent = most(questions.path("agent"), ofAgent, ofAgent, standard.refill());
    int burst = Math.max(agent.burst(), ofPerson);
    return new QuestionLimits(
        agent, most(questions.path("person"), ofPerson, burst, agent.refill()));
  }

  private static Most most(JsonNode of, int waiting, int burst, Duration refill) {
    int seconds = of.path("refill_seconds").asInt((int) refill.toSeconds());
    return new Most(waiting, of.path("burst").asInt(burst), Duration.ofSeconds(seconds));
  }
}
