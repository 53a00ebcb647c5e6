package dev.keyward.server.credential.vault;

import dev.keyward.catalog.CredentialRef;
import dev.keyward.redaction.Secret;
import dev.keyward.server.credential.HeldSecret;
import dev.keyward.server.credential.Lookup;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// Reads one field of one secret from a KV engine: of version 2, or of version 1 where the settings
/// say so of its mount.
///
/// `vault:kv/crm#token` is the field `token` of the secret `crm` in the engine mounted at `kv`: the
/// mount is the first part of the path, never guessed. Shapes are those of KV version 2, "Read
/// secret version".
final class SecretReader {
  private final VaultClient client;
  private final VaultSession session;
  private final Set<String> version1;
  private final InstantSource clock;

  SecretReader(
      VaultClient client, VaultSession session, Set<String> version1, InstantSource clock) {
    this.client = client;
    this.session = session;
    this.version1 = version1;
    this.clock = clock;
  }

  /// {@return what Vault says about `ref`, asked now}
  Lookup read(CredentialRef ref) {
    int end = ref.path().indexOf('/');
    if (end < 0) {
      return new Lookup.Missing("must name a mount and a secret in it: vault:MOUNT/SECRET#FIELD");
    }
    String mount = ref.path().substring(0, end);
    String path = ref.path().substring(end + 1);
    try {
      return version1.contains(mount)
          ? readVersion1(ref, session.ask(token -> client.readSecretOfVersion1(token, mount, path)))
          : read(ref, session.ask(token -> client.readSecret(token, mount, path)));
    } catch (NoAnswer e) {
      return new Lookup.Unavailable("cannot be read: " + e.why());
    }
  }

  /// An engine of version 1 knows neither versions nor times.
  private Lookup readVersion1(CredentialRef ref, VaultAnswer answer) throws NoAnswer {
    JsonNode fields = answer.body().path("data");
    if (answer.status() == VaultAnswer.OK && !fields.isObject()) {
      throw NoAnswer.of(answer);
    }
    return switch (answer.status()) {
      case VaultAnswer.OK ->
          field(ref, fields)
              .<Lookup>map(value -> new Lookup.Found(new HeldSecret(value, 1, clock.instant())))
              .orElseGet(
                  () ->
                      new Lookup.Missing(
                          "has no text: the secret lacks that field, or it is no text"));
      case VaultAnswer.NOT_FOUND ->
          new Lookup.Missing("is not there: nothing is stored under its path");
      case VaultAnswer.FORBIDDEN ->
          new Lookup.Missing(
              "may not be read (403): the token's policy must allow read on its path,"
                  + " MOUNT/SECRET");
      default -> throw NoAnswer.of(answer);
    };
  }

  private static Optional<Secret> field(CredentialRef ref, JsonNode fields) {
    JsonNode field = fields.path(ref.field());
    String text = field.isString() || field.isNumber() ? field.asString() : "";
    return text.isEmpty() ? Optional.empty() : Optional.of(Secret.of(text));
  }

  private static Lookup read(CredentialRef ref, VaultAnswer answer) throws NoAnswer {
    return switch (answer.status()) {
      case VaultAnswer.OK -> found(ref, answer);
      case VaultAnswer.NOT_FOUND -> new Lookup.Missing(gone(answer.body().at("/data/metadata")));
      case VaultAnswer.FORBIDDEN ->
          new Lookup.Missing(
              "may not be read (403): the token's policy must allow read on its path,"
                  + " MOUNT/data/SECRET");
      default -> throw NoAnswer.of(answer);
    };
  }

  private static Lookup found(CredentialRef ref, VaultAnswer answer) throws NoAnswer {
    JsonNode fields = answer.body().at("/data/data");
    JsonNode metadata = answer.body().at("/data/metadata");
    int version = metadata.path("version").asInt(0);
    Optional<Instant> created = instant(metadata.path("created_time").asString(""));
    if (!fields.isObject() || version < 1 || created.isEmpty()) {
      throw NoAnswer.of(answer);
    }
    return field(ref, fields)
        .<Lookup>map(value -> new Lookup.Found(new HeldSecret(value, version, created.get())))
        .orElseGet(
            () ->
                new Lookup.Missing(
                    "has no text: version "
                        + version
                        + " of the secret lacks that field, or it is no text"));
  }

  /// A deleted or destroyed version is a 404 with metadata, nothing at all a 404 without.
  private static String gone(JsonNode metadata) {
    if (!metadata.isObject()) {
      return "is not there: nothing is stored under its path, or its mount is no KV version 2"
          + " engine";
    }
    String how = metadata.path("destroyed").asBoolean(false) ? "destroyed" : "deleted";
    return "is gone: version " + metadata.path("version").asInt(0) + " of the secret is " + how;
  }

  private static Optional<Instant> instant(String text) {
    try {
      return Optional.of(Instant.parse(text));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
