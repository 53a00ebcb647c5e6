package dev.keyward.approvals.web;

import java.time.Instant;
import java.util.List;

/// The record of what has happened, for those who may read it. The server implements it.
public interface AuditTrail {
  /// {@return the newest records that fit, newest first}
  ///
  /// @throws IllegalArgumentException if part of the question has no such shape; the message names
  ///   it
  List<Line> newest(Question question);

  /// Which records; what is empty narrows nothing.
  ///
  /// @param type for example `call.intent`, or `approval.` for the family
  record Question(String agent, String run, String tool, String call, String type) {}

  /// One record.
  ///
  /// @param chain and number of it, by which a verifier names it
  /// @param agent, tool and call: empty where it is about none
  /// @param text the whole record as JSON
  record Line(
      String chain,
      long seq,
      Instant at,
      String type,
      String agent,
      String tool,
      String call,
      String text) {}
}
