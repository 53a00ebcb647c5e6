package dev.keyward.server.notice;

import dev.keyward.call.PersonId;
import dev.keyward.redaction.Redactor;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One message by one way, the same at every attempt.
///
/// @param id unguessable; whoever receives it twice knows by it
/// @param recipient the person to whom it goes, where it goes to one
/// @param body as [NoticeJson] writes it, whatever the way
/// @param attempts how many have been begun, this one included
record Message(String id, Optional<PersonId> recipient, String body, int attempts) {

  /// {@return this without what the broker holds: the operator's words may name it, and it may have
  /// come to be held since}
  ///
  /// @throws Redactor.Uncertain if that cannot be said of it
  Message scrubbed(Redactor redactor) {
    JsonNode clean = redactor.scrubHeld(JsonMapper.shared().readTree(body)).json();
    return new Message(id, recipient, clean.toString(), attempts);
  }
}
