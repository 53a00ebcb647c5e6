package dev.keyward.server.notice;

import dev.keyward.call.PersonId;
import dev.keyward.redaction.Secret;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// One way to people elsewhere. For one thread at a time.
interface Channel extends AutoCloseable {
  /// {@return its name in the settings and in the outbox}
  String name();

  /// {@return whether a message goes to one person, rather than to whoever reads there}
  default boolean personal() {
    return false;
  }

  /// {@return to whom a message for these people goes by this way}
  default List<Audience> audiences(Collection<PersonId> people) {
    return personal()
        ? people.stream().map(person -> new Audience(name(), Optional.of(person))).toList()
        : List.of(new Audience(name(), Optional.empty()));
  }

  /// {@return the secret that it holds itself, which must not leave}
  default Optional<Secret> secret() {
    return Optional.empty();
  }

  /// Sends, and waits until the other end says that it has the message.
  ///
  /// @throws Undelivered if it does not
  void send(Message message, Instant now) throws Undelivered;

  /// Looks whether messages could be sent, and sends none.
  ///
  /// @throws Undelivered if not
  void examine() throws Undelivered;

  @Override
  void close();
}
