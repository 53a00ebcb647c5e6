package dev.keyward.server.control;

import dev.keyward.catalog.CredentialRef;
import dev.keyward.redaction.KnownSecrets;
import dev.keyward.redaction.Secret;
import dev.keyward.server.audit.Actor;
import dev.keyward.server.audit.AuditEvent;
import dev.keyward.server.credential.EncryptedFile;
import dev.keyward.server.credential.HeldSecret;
import dev.keyward.server.credential.StoredSecret;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The embedded store's commands, `secret.…`. None gives a value back: those that [SecretExport]
/// gives are never sent over a socket.
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
    commands.put("secret.versions", this::versions);
    commands.put("secret.rollback", this::rollBack);
    commands.put("secret.import", this::takeAll);
    commands.put("secret.rekey", this::rekey);
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

  private JsonNode versions(Fields fields) {
    CredentialRef ref = ref(fields);
    if (parts.secrets().stored(ref).isEmpty()) {
      throw new OperatorError(ref + " is not set");
    }
    ArrayNode list = JSON.arrayNode();
    held(ref).forEach(secret -> list.add(row(secret)));
    return list;
  }

  private JsonNode rollBack(Fields fields) {
    CredentialRef ref = ref(fields);
    List<Integer> replaced =
        held(ref).stream()
            .filter(secret -> secret.expires().isPresent())
            .map(StoredSecret::version)
            .toList();
    if (replaced.isEmpty()) {
      throw new OperatorError(ref + " has no replaced version that is still kept");
    }
    int from = fields.number("version", replaced.getLast(), 1, Integer.MAX_VALUE);
    if (!replaced.contains(from)) {
      throw new OperatorError(
          "version of " + ref + " must be one that was replaced and is still kept: " + replaced);
    }
    int next = parts.secrets().stored(ref).orElseThrow().version() + 1;
    parts.record(new AuditEvent.SecretRolledBack(ref, next, from, BY));
    return JSON.objectNode()
        .put("name", ref.toString())
        .put("version", parts.secrets().rollBack(ref, from))
        .put("value_of_version", from);
  }

  /// All or none. Their names and versions are in the audit before the first is in force.
  private JsonNode takeAll(Fields fields) {
    Map<CredentialRef, Secret> values = new LinkedHashMap<>();
    for (JsonNode entry : fields.json().path("secrets")) {
      var one = new Fields(entry);
      if (values.put(ref(one), value(one)) != null) {
        throw new OperatorError(ref(one) + " is there twice; nothing was stored");
      }
    }
    boolean replace = fields.flag("replace");
    List<AuditEvent> events = new ArrayList<>();
    for (CredentialRef ref : values.keySet()) {
      Optional<HeldSecret> old = parts.secrets().stored(ref);
      if (old.isPresent() && !replace) {
        throw new OperatorError(ref + " is set already; nothing was stored (--replace replaces)");
      }
      events.add(
          old.<AuditEvent>map(held -> new AuditEvent.SecretRotated(ref, held.version() + 1, BY))
              .orElseGet(() -> new AuditEvent.SecretSet(ref, 1, BY)));
    }
    parts.record(events);
    Map<CredentialRef, Integer> versions = parts.secrets().setAll(values);
    ArrayNode list = JSON.arrayNode();
    values.forEach(
        (ref, value) -> list.add(stored(ref, Objects.requireNonNull(versions.get(ref)), value)));
    return list;
  }

  /// A key that is kept in a file is made here; one that is kept elsewhere comes with the command.
  private JsonNode rekey(Fields fields) {
    Optional<Secret> given = fields.optional("key", Secret::of);
    Optional<Secret> passphrase = fields.optional("passphrase", Secret::of);
    if (given.isEmpty() == !parts.masterKeys().changeable()) {
      throw new OperatorError(
          parts.masterKeys().changeable()
              ? "the master key is in a file of the broker's, which makes the new one itself"
              : "the master key is not in a file of the broker's; hand the new one in with"
                  + " --key-file, and put it in the old one's place right after");
    }
    if (given.isPresent() && passphrase.isPresent()) {
      throw new OperatorError("passphrase must not stand beside key");
    }
    parts.record(new AuditEvent.MasterKeyChanged(BY));
    given.ifPresentOrElse(
        key -> parts.masterKeys().changeTo(parts.secrets(), key),
        () -> parts.masterKeys().change(parts.secrets(), passphrase));
    return JSON.objectNode().put("secrets", parts.secrets().list().size());
  }

  private List<StoredSecret> held(CredentialRef ref) {
    return parts.secrets().list().stream()
        .filter(secret -> secret.ref().equals(ref))
        .filter(
            secret ->
                secret.expires().filter(end -> !parts.clock().instant().isBefore(end)).isEmpty())
        .toList();
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
