package dev.keyward.server.audit;

import dev.keyward.call.PersonId;

/// Who changed something about the broker itself.
public sealed interface Actor {
  /// Whoever may run commands on the broker's machine as its user.
  record Operator() implements Actor {}

  /// A signed-in person.
  record Person(PersonId id) implements Actor {}

  /// The broker, by its own rules, for example when something expires.
  record Broker() implements Actor {}
}
