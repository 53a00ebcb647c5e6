package dev.keyward.server.terminal;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.keyward.redaction.Secret;
import dev.keyward.redaction.TouchesSecret;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/// The file in which a terminal keeps its token: readable by its owner only from its first moment
/// on, and not read if it is readable by anybody else.
///
/// @param path of the file
public record SignedInFile(Path path) {
  private static final Set<PosixFilePermission> OWNER =
      PosixFilePermissions.fromString("rw-------");
  private static final Set<PosixFilePermission> OWNER_FOLDER =
      PosixFilePermissions.fromString("rwx------");

  /// {@return what it holds; empty if there is none}
  ///
  /// @throws IOException if others can read it, or it is something else
  public Optional<SignedIn> read() throws IOException {
    try {
      if (!OWNER.containsAll(Files.getPosixFilePermissions(path))) {
        throw new IOException(path + " can be read by others; sign in again after removing it");
      }
      return Optional.of(parse(Files.readString(path)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private SignedIn parse(String text) throws IOException {
    try {
      JsonNode json = JsonMapper.shared().readTree(text);
      String token = json.path("token").asString("");
      if (!token.isEmpty()) {
        return new SignedIn(
            URI.create(json.path("broker").asString("")),
            json.path("person").asString(""),
            Secret.of(token));
      }
    } catch (JacksonException | IllegalArgumentException e) {
      // said below, without the text
    }
    throw new IOException(path + " is not what login writes; sign in again after removing it");
  }

  /// Writes it, in the place of an older one.
  @TouchesSecret
  public void write(SignedIn signedIn) throws IOException {
    Path folder = path.toAbsolutePath().getParent();
    Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(OWNER_FOLDER));
    Path fresh =
        Files.createTempFile(
            folder, "terminal", ".tmp", PosixFilePermissions.asFileAttribute(OWNER));
    String token = signedIn.token().use(text -> text);
    JsonNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("broker", signedIn.broker().toString())
            .put("person", signedIn.person())
            .put("token", token);
    Files.write(fresh, json.toString().getBytes(UTF_8));
    Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
  }

  /// Removes it, if it is there.
  public void delete() throws IOException {
    Files.deleteIfExists(path);
  }
}
