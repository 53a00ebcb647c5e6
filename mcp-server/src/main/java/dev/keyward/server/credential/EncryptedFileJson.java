package dev.keyward.server.credential;

import dev.keyward.call.CanonicalJson;
import dev.keyward.catalog.CredentialRef;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The JSON of the [EncryptedFile]: one object in canonical form (RFC 8785) and a line feed.
///
/// ```json
/// {"check": "…", "format": "keyward-secrets/1", "generation": 3, "mac": "…", "secrets": [
///   {"ciphertext": "…", "created": 1763640000000, "expires": 1763726400000,
///    "field": "token", "key": "…", "path": "crm", "version": 1}]}
/// ```
///
/// Bytes are base64url without padding, times are epoch milliseconds, `expires` stands only with
/// versions that have been replaced, `root` only where the master key has been changed. `mac`
/// covers everything else. There is exactly one way to write a content, and a file written any
/// other way is taken as damaged.
final class EncryptedFileJson {
  static final String DAMAGED =
      "is cut, changed or damaged: put back a copy, or remove it and set the secrets again";

  private static final String FORMAT = "keyward-secrets/1";
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

  private EncryptedFileJson() {}

  /// What the file says.
  ///
  /// @param root the installation's first master key, sealed, once there is another
  record Content(long generation, Optional<String> root, List<Sealed> secrets) {}

  /// One version: its name and dates in the clear, its key and value sealed, as base64url.
  record Sealed(StoredSecret shown, String wrappedKey, String ciphertext) {}

  static String write(Content content, SealingKeys keys) {
    ObjectNode file = JsonNodeFactory.instance.objectNode();
    file.put("format", FORMAT);
    file.put("check", ENCODER.encodeToString(keys.check()));
    file.put("generation", content.generation());
    content.root().ifPresent(root -> file.put("root", root));
    var secrets = file.putArray("secrets");
    content.secrets().forEach(one -> write(one, secrets.addObject()));
    file.put("mac", ENCODER.encodeToString(keys.sign(CanonicalJson.write(file))));
    return CanonicalJson.write(file) + "\n";
  }

  private static void write(Sealed sealed, ObjectNode to) {
    StoredSecret shown = sealed.shown();
    to.put("path", shown.ref().path());
    to.put("field", shown.ref().field());
    to.put("version", shown.version());
    to.put("created", shown.created().toEpochMilli());
    shown.expires().ifPresent(expires -> to.put("expires", expires.toEpochMilli()));
    to.put("key", sealed.wrappedKey());
    to.put("ciphertext", sealed.ciphertext());
  }

  /// {@return what `written` says, authentic and whole; the sealed parts are not opened yet}
  ///
  /// @throws UnusableFile if it is not
  static Content read(Path file, String written, SealingKeys keys) {
    try {
      if (!(JSON.readTree(written) instanceof ObjectNode found)) {
        throw new UnusableFile(file, DAMAGED);
      }
      checkFormat(file, found);
      checkMaster(file, found, keys);
      Content content = content(found);
      if (!same(write(content, keys), written)) {
        throw new UnusableFile(file, DAMAGED);
      }
      return content;
    } catch (JacksonException | IllegalArgumentException e) {
      throw new UnusableFile(file, DAMAGED); // without the cause: its message quotes the file
    }
  }

  /// {@return whether `written` says that it was written with `keys`; unproven}
  static boolean claims(String written, SealingKeys keys) {
    try {
      return JSON.readTree(written) instanceof ObjectNode found && hasCheckOf(found, keys);
    } catch (JacksonException | IllegalArgumentException e) {
      return false;
    }
  }

  private static boolean hasCheckOf(ObjectNode found, SealingKeys keys) {
    return text(found, "check").equals(ENCODER.encodeToString(keys.check()));
  }

  private static boolean same(String one, String other) {
    return MessageDigest.isEqual(
        one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
  }

  private static void checkFormat(Path file, ObjectNode found) {
    if (!text(found, "format").equals(FORMAT)) {
      throw new UnusableFile(file, "field format must be " + FORMAT);
    }
  }

  private static void checkMaster(Path file, ObjectNode found, SealingKeys keys) {
    if (!hasCheckOf(found, keys)) {
      throw new UnusableFile(
          file, "was written with another master key than this home folder has, or is damaged");
    }
  }

  private static Content content(ObjectNode found) {
    List<Sealed> secrets = new ArrayList<>();
    for (JsonNode one : found.path("secrets")) {
      secrets.add(sealed(one));
    }
    Optional<String> root = found.has("root") ? Optional.of(text(found, "root")) : Optional.empty();
    return new Content(number(found, "generation"), root, secrets);
  }

  private static Sealed sealed(JsonNode one) {
    var ref = new CredentialRef(EncryptedFile.STORE, text(one, "path"), text(one, "field"));
    Optional<Instant> expires =
        one.has("expires")
            ? Optional.of(Instant.ofEpochMilli(number(one, "expires")))
            : Optional.empty();
    var shown =
        new StoredSecret(
            ref,
            Math.toIntExact(number(one, "version")),
            Instant.ofEpochMilli(number(one, "created")),
            expires);
    return new Sealed(shown, text(one, "key"), text(one, "ciphertext"));
  }

  private static String text(JsonNode of, String field) {
    return of.path(field)
        .asStringOpt()
        .orElseThrow(() -> new IllegalArgumentException(field + " must be text"));
  }

  private static long number(JsonNode of, String field) {
    return of.path(field)
        .asLongOpt()
        .orElseThrow(() -> new IllegalArgumentException(field + " must be an integer"));
  }
}
