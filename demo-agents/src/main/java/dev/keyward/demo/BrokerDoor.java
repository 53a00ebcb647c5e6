package dev.keyward.demo;

import java.net.URI;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// A running broker as the demo's operator has it: where agents and people connect, and the few
/// commands of `keyward` that the demo needs.
public interface BrokerDoor extends AutoCloseable {
  /// {@return where agents connect, for example `http://127.0.0.1:8765/mcp`}
  URI agentsUrl();

  /// {@return where people sign in, without a path}
  URI peopleUrl();

  /// Adds an agent that sees exactly `tools`, and returns its key, which is shown this once.
  String addAgent(String name, String type, String owner, List<String> tools);

  /// Opens a run for one job, as `keyward run open` does, and returns its token, which is shown
  /// this once.
  ///
  /// @param run the agent, the purpose and the bounds
  String openRun(Map<String, Object> run);

  /// Makes an agent's keys open nothing from now on.
  void revokeAgent(String name);

  /// Adds a person who may review, and returns a link that signs them in once.
  URI addReviewer(String name);

  /// {@return what an agent has asked people for, newest first}
  List<Asked> askedBy(String agent);

  /// Checks the audit's chains and checkpoints, offline; may be called after [#close].
  AuditReport verifyAudit();

  @Override
  void close();

  /// Something that people were asked.
  ///
  /// @param state for example `pending`, or `done` once the call has run
  /// @param approvers who said yes
  /// @param arguments of the call
  record Asked(
      String approval, String tool, String state, List<String> approvers, JsonNode arguments) {
    /// Copies the list.
    public Asked {
      approvers = List.copyOf(approvers);
    }
  }

  /// What an auditor's check found.
  ///
  /// @param sound whether nothing is changed, missing, reordered or cut off
  /// @param summary one line for people
  record AuditReport(boolean sound, String summary) {}
}
