package dev.keyward.server.config;

import dev.keyward.call.EmailAddress;
import dev.keyward.catalog.CredentialRef;
import dev.keyward.server.config.ConfigFile.BadValue;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/// Reads the parts of `approvals` that say by which ways people are told, whose shape the schema
/// has checked.
final class NoticesSection {
  private static final String AT = "/approvals/";

  private final Home home;

  private NoticesSection(Home home) {
    this.home = home;
  }

  /// {@return the ways}
  ///
  /// @throws BadValue if a value breaks a rule that the schema cannot state
  static NoticeSettings read(JsonNode approvals, Home home) {
    var section = new NoticesSection(home);
    return new NoticeSettings(
        section.optional(approvals, "webhook", section::webhook),
        section.optional(approvals, "email", section::mail),
        section.optional(approvals, "slack", chat -> section.chat(chat, "slack")),
        section.optional(approvals, "teams", chat -> section.chat(chat, "teams")));
  }

  private <T> Optional<T> optional(JsonNode approvals, String way, Function<JsonNode, T> read) {
    JsonNode json = approvals.path(way);
    return json.isObject() ? Optional.of(read.apply(json)) : Optional.empty();
  }

  private NoticeSettings.Webhook webhook(JsonNode json) {
    return new NoticeSettings.Webhook(
        SafeUrl.parse(json.get("url").stringValue(), AT + "webhook/url"),
        home.folder().resolve(json.get("secret_file").stringValue()),
        authorities(json));
  }

  private NoticeSettings.Chat chat(JsonNode json, String way) {
    return new NoticeSettings.Chat(secret(json.get("url"), AT + way + "/url"), authorities(json));
  }

  private NoticeSettings.Mail mail(JsonNode json) {
    String at = AT + "email/";
    Config.HostPort server = ConfigFile.address(json.get("server").stringValue(), at + "server");
    var encryption =
        switch (json.path("tls").asString("starttls")) {
          case "none" -> NoticeSettings.Encryption.NONE;
          case "implicit" -> NoticeSettings.Encryption.IMPLICIT;
          default -> NoticeSettings.Encryption.STARTTLS;
        };
    if (encryption == NoticeSettings.Encryption.NONE && !SafeUrl.loopback(server.host())) {
      throw new BadValue(at + "tls", "must not be none, unless the server is on this machine");
    }
    if (json.has("user") != json.has("password")) {
      throw new BadValue(at + "password", "must stand beside user, and user beside password");
    }
    Optional<NoticeSettings.Login> login =
        json.has("user")
            ? Optional.of(
                new NoticeSettings.Login(
                    json.get("user").stringValue(), secret(json.get("password"), at + "password")))
            : Optional.empty();
    return new NoticeSettings.Mail(
        server, encryption, from(json, at + "from"), login, authorities(json));
  }

  private static EmailAddress from(JsonNode json, String field) {
    try {
      return new EmailAddress(json.get("from").stringValue());
    } catch (IllegalArgumentException e) {
      throw new BadValue(field, String.valueOf(e.getMessage()));
    }
  }

  private static CredentialRef secret(JsonNode json, String field) {
    CredentialRef ref;
    try {
      ref = CredentialRef.parse(json.stringValue());
    } catch (IllegalArgumentException e) {
      throw new BadValue(field, String.valueOf(e.getMessage()));
    }
    if (ref.minted()) {
      throw new BadValue(field, "must name a stored secret, not a minted one");
    }
    return ref;
  }

  private Optional<Path> authorities(JsonNode json) {
    return json.has("ca_file")
        ? Optional.of(home.folder().resolve(json.get("ca_file").stringValue()))
        : Optional.empty();
  }
}
