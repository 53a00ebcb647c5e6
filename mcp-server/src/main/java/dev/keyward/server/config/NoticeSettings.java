package dev.keyward.server.config;

import dev.keyward.call.EmailAddress;
import dev.keyward.catalog.CredentialRef;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/// By which ways people are told that something waits for them.
///
/// @param webhook the operator's own address, with signed messages
/// @param email mail to each who may decide
/// @param slack a channel there
/// @param teams a channel there
public record NoticeSettings(
    Optional<Webhook> webhook, Optional<Mail> email, Optional<Chat> slack, Optional<Chat> teams) {

  /// {@return whether anybody is told}
  public boolean any() {
    return webhook.isPresent() || email.isPresent() || slack.isPresent() || teams.isPresent();
  }

  /// An address that takes signed messages.
  ///
  /// @param secretFile its first line is the key with which they are signed
  /// @param authorities whose word on its certificate counts; absent: the JDK's
  public record Webhook(URI url, Path secretFile, Optional<Path> authorities) {}

  /// A channel of a chat, to which whoever knows its address may write.
  ///
  /// @param url the name of the secret that is the address
  /// @param authorities whose word on its certificate counts; absent: the JDK's
  public record Chat(CredentialRef url, Optional<Path> authorities) {}

  /// A mail server.
  ///
  /// @param from the sender of every message
  /// @param login absent where the server takes mail without
  /// @param authorities whose word on its certificate counts; absent: the JDK's
  public record Mail(
      Config.HostPort server,
      Encryption encryption,
      EmailAddress from,
      Optional<Login> login,
      Optional<Path> authorities) {}

  /// How to log in to a mail server.
  ///
  /// @param password the name of the secret
  public record Login(String user, CredentialRef password) {}

  /// How a connection to a mail server is kept from others' eyes.
  public enum Encryption {
    /// Begun in the clear; without TLS then nothing is sent.
    STARTTLS,
    /// From the first byte.
    IMPLICIT,
    /// Not at all: only on this machine.
    NONE
  }
}
