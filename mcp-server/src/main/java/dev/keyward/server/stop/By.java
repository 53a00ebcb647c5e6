package dev.keyward.server.stop;

import dev.keyward.call.PersonId;

/// Who stops something or lets it go on.
public sealed interface By {
  /// Whoever may run commands on the broker's machine.
  record Operator() implements By {}

  /// An administrator, on the page.
  record Person(PersonId id) implements By {}

  /// The broker itself, since the settings say so. It never lets anything go on.
  record Broker() implements By {}

  /// {@return `operator`, `broker`, or a person's name}
  default String words() {
    return switch (this) {
      case Operator() -> "operator";
      case Person(var id) -> id.value();
      case Broker() -> "broker";
    };
  }
}
