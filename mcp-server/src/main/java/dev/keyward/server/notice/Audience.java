package dev.keyward.server.notice;

import dev.keyward.call.PersonId;
import java.util.Optional;

/// Who reads a message: whoever reads at the other end of a way, or one person by it.
///
/// @param channel the way's name
/// @param person the person, where the way goes to one
record Audience(String channel, Optional<PersonId> person) {
  /// {@return the person's name as a column that is never null has it}
  String recipient() {
    return person.map(PersonId::value).orElse("");
  }

  /// {@return the audience that these columns name}
  static Audience of(String channel, String recipient) {
    return new Audience(
        channel, recipient.isEmpty() ? Optional.empty() : Optional.of(new PersonId(recipient)));
  }
}
