package dev.keyward.server.control;

import dev.keyward.catalog.CredentialRef;
import dev.keyward.redaction.KnownSecrets;
import dev.keyward.redaction.Secret;
import dev.keyward.server.audit.Actor;
import dev.keyward.server.audit.AuditEvent;
import dev.keyward.server.credential.EncryptedFile;
import dev.keyward.server.credential.StoredSecret;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// `secret.set`, `secret.rotate`, `secret.list`, `secret.remove`. No command gives a value back.
final class SecretCommands {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final Actor BY = new Actor.Operator();

  private final OperatorCommands.Parts parts;

  SecretCommands(OperatorCommands.Parts parts) {
    this.parts = parts;
  }

  void offer(Map<String, OperatorCommands.Command> commands) {
    commands.put("secret.set", this::set);
    commands.put("secret.rotate", this::rotate);
    commands.put("secret.list", _ -> list());
    commands.put("secret.remove", this::remove);
  }

  private JsonNode set(Fields fields) {
    CredentialRef ref = ref(fields);
    if (parts.secrets().stored(ref).isPresent()) {
      throw new OperatorError(ref + " is set already; replace it with: keyward secret rotate");
    }
    Secret value = value(fields);
    parts.record(new AuditEvent.SecretSet(ref, 1, BY));
    return stored(ref, parts.secrets().set(ref, value), value);
  }

  private JsonNode rotate(Fields fields) {
    CredentialRef ref = ref(fields);
    int version =
        parts
            .secrets()
            .stored(ref)
            .orElseThrow(
                () -> new OperatorError(ref + " is not set; set it with: keyward secret set"))
            .version();
    Secret value = value(fields);
    parts.record(new AuditEvent.SecretRotated(ref, version + 1, BY));
    return stored(ref, parts.secrets().rotate(ref, value), value);
  }

  private JsonNode remove(Fields fields) {
    CredentialRef ref = ref(fields);
    if (parts.secrets().stored(ref).isEmpty()) {
      throw new OperatorError(ref + " is not set");
    }
    parts.record(new AuditEvent.SecretRemoved(ref, BY));
    parts.secrets().remove(ref);
    return JSON.objectNode().put("name", ref.toString());
  }

  private JsonNode list() {
    ArrayNode list = JSON.arrayNode();
    parts.secrets().list().forEach(secret -> list.add(row(secret)));
    return list;
  }

  private static ObjectNode row(StoredSecret secret) {
    ObjectNode row =
        JSON.objectNode()
            .put("name", secret.ref().toString())
            .put("version", secret.version())
            .put("created", secret.created().toString());
    secret.expires().ifPresent(expires -> row.put("held_until", expires.toString()));
    return row;
  }

  private static JsonNode stored(CredentialRef ref, int version, Secret value) {
    ObjectNode stored = JSON.objectNode().put("name", ref.toString()).put("version", version);
    if (KnownSecrets.isOrdinary(value)) {
      stored.put(
          "warning",
          "the value is short or an ordinary word, so it is taken out of answers only where the"
              + " context shows a secret; prefer a longer, random one");
    }
    return stored;
  }

  /// `crm#token` and `local:crm#token` name the same secret of the embedded store.
  private static CredentialRef ref(Fields fields) {
    return fields.parsed(
        "name",
        name -> {
          CredentialRef ref =
              CredentialRef.parse(name.contains(":") ? name : EncryptedFile.STORE + ":" + name);
          if (!ref.store().equals(EncryptedFile.STORE)) {
            throw new IllegalArgumentException("must be a secret of the embedded store, local:…");
          }
          return ref;
        });
  }

  private static Secret value(Fields fields) {
    return fields.parsed("value", Secret::of);
  }
}
