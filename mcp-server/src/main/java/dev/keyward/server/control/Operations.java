package dev.keyward.server.control;

import tools.jackson.databind.JsonNode;

/// What an operator can do with a broker, whether it runs elsewhere or was opened for this command.
@FunctionalInterface
public interface Operations {
  /// Does `command`, for example `agent.add`, and returns its result.
  ///
  /// @param arguments an object
  /// @throws OperatorError if it cannot be done
  JsonNode operate(String command, JsonNode arguments);
}
