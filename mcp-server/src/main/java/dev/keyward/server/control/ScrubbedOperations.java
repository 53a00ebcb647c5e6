package dev.keyward.server.control;

import dev.keyward.redaction.Redactor;
import tools.jackson.databind.JsonNode;

/// The operator's commands as they leave, over the socket and on the command line: without anything
/// that the broker holds.
///
/// Rules have no part in it, for some results are secrets of the operator's own: a new key, a
/// sign-in link.
public final class ScrubbedOperations implements Operations {
  private static final String WITHHELD =
      "the result is withheld: it could not be shown to be free of secrets";

  private final Operations operations;
  private final Redactor redactor;

  /// Lets the results of `operations` out through `redactor`.
  public ScrubbedOperations(Operations operations, Redactor redactor) {
    this.operations = operations;
    this.redactor = redactor;
  }

  @Override
  public JsonNode operate(String command, JsonNode arguments) {
    try {
      return redactor.scrubHeld(operations.operate(command, arguments)).json();
    } catch (OperatorError e) {
      throw new OperatorError(redactor.scrubHeld(String.valueOf(e.getMessage())).text());
    } catch (Redactor.Uncertain e) {
      throw new OperatorError(WITHHELD);
    }
  }
}
