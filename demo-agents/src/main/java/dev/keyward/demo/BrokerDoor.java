package dev.keyward.demo;

import java.net.URI;
import java.util.List;

/// A running broker as the demo's operator has it: where agents and people connect, and the few
/// commands of `keyward` that the demo needs.
public interface BrokerDoor extends AutoCloseable {
  /// {@return where agents connect, for example `http://127.0.0.1:8765/mcp`}
  URI agentsUrl();

  /// {@return where people sign in, without a path}
  URI peopleUrl();

  /// Adds an agent that sees exactly `tools`, and returns its key, which is shown this once.
  String addAgent(String name, String type, String owner, List<String> tools);

  /// Makes an agent's keys open nothing from now on.
  void revokeAgent(String name);

  /// Adds a person who may review, and returns a link that signs them in once.
  URI addReviewer(String name);

  /// Checks the audit's chains and checkpoints, offline; may be called after [#close].
  AuditReport verifyAudit();

  @Override
  void close();

  /// What an auditor's check found.
  ///
  /// @param sound whether nothing is changed, missing, reordered or cut off
  /// @param summary one line for people
  record AuditReport(boolean sound, String summary) {}
}
