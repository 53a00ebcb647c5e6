package dev.keyward.approvals.web;

import java.util.List;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What the agent's side says for itself, which nobody has checked; empty where it says nothing.
///
/// @param purpose what the run was opened for, as whoever opened it says
/// @param reason why the agent wants the call, as it says
record Said(List<Piece> purpose, List<Piece> reason) {

  boolean anything() {
    return !purpose.isEmpty() || !reason.isEmpty();
  }

  ObjectNode document() {
    ObjectNode said = JsonNodeFactory.instance.objectNode();
    if (!purpose.isEmpty()) {
      said.put("purpose", Piece.text(purpose));
    }
    if (!reason.isEmpty()) {
      said.put("reason", Piece.text(reason));
    }
    return said;
  }
}
