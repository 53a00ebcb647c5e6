package dev.keyward.server.cli;

import dev.keyward.catalog.CredentialRef;
import dev.keyward.redaction.Secret;
import dev.keyward.redaction.TouchesSecret;
import dev.keyward.server.CannotStart;
import dev.keyward.server.Mode;
import dev.keyward.server.control.OperatorError;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `secret import` and `secret export`: secrets from and to files in the clear.
final class SecretTransfer {
  private static final long MOST_BYTES = 4 << 20;

  private SecretTransfer() {}

  @Command(
      name = "import",
      mixinStandardHelpOptions = true,
      description = {
        "Stores all secrets of a .env or JSON file, or none.",
        "JSON is {\"PATH\": {\"FIELD\": \"value\"}}; the variables of a .env file become fields of"
            + " --into."
      })
  static final class Import extends HomeCommand {
    @Parameters(paramLabel = "FILE")
    private Path file = Path.of("");

    @Option(names = "--into", paramLabel = "PATH", description = "For a .env file: their path")
    private @Nullable String path;

    @Option(names = "--format", description = "env or json; default: json if FILE ends in .json")
    private @Nullable SecretText format;

    @Option(names = "--replace", description = "Replace those that are set already")
    private boolean replace;

    @Override
    public Integer call() throws CannotStart {
      SecretText text = format == null ? SecretText.of(file.toString()) : format;
      if ((text == SecretText.ENV) == (path == null)) {
        throw new OperatorError(
            text == SecretText.ENV
                ? "a .env file has names only; say with --into PATH what they are fields of"
                : "a JSON file names its paths itself; leave out --into");
      }
      ObjectNode arguments = new Arguments().with("replace", replace).json();
      ArrayNode secrets = arguments.putArray("secrets");
      text.read(content(file), path == null ? "" : path)
          .forEach((name, value) -> secrets.addObject().put("name", name).put("value", value));
      JsonNode stored = home.operate("secret.import", arguments);
      output.print(stored, "The file holds no secrets", "name", "version", "warning");
      System.err.println("Remove " + file + ": it holds these secrets in the clear.");
      return 0;
    }
  }

  @Command(
      name = "export",
      mixinStandardHelpOptions = true,
      description = {
        "Writes secrets in the clear; only while no broker runs on the home folder.",
        "Whoever reads the result has the keys. Each secret is recorded in the audit."
      })
  static final class Export implements Callable<Integer> {
    @Mixin private HomeOption home = new HomeOption();

    @Option(
        names = "--reveal",
        required = true,
        description = "Yes, write the values themselves, readable")
    private boolean reveal;

    @Option(
        names = "--to",
        paramLabel = "FILE",
        description = "A new file, for its owner only; default: standard output")
    private @Nullable Path file;

    @Option(names = "--from", paramLabel = "PATH", description = "Only the fields of this path")
    private @Nullable String path;

    @Option(names = "--format", description = "env or json; default: json, or as FILE ends")
    private @Nullable SecretText format;

    @Override
    public Integer call() throws CannotStart {
      SecretText text = format();
      if (text == SecretText.ENV && path == null) {
        throw new OperatorError("a .env file has names only; say with --from PATH whose fields");
      }
      if (!reveal || home.brokerRuns()) {
        throw new OperatorError(
            "a broker runs on this home folder and gives no value out; stop it first");
      }
      try (HomeOption.Reached reached = home.reach(Mode.COMMAND)) {
        Map<CredentialRef, Secret> all =
            reached
                .opened()
                .orElseThrow(() -> new OperatorError("a broker has just started; stop it first"))
                .exportSecrets(ref -> path == null || ref.path().equals(path));
        write(text.write(readable(all)));
        System.err.println(
            "Warning: "
                + (file == null ? "what was printed" : file)
                + " holds "
                + all.size()
                + " secrets in the clear; remove it as soon as it has served.");
      }
      return 0;
    }

    private SecretText format() {
      if (format != null) {
        return format;
      }
      return file == null ? SecretText.JSON : SecretText.of(file.toString());
    }

    private void write(String text) {
      if (file == null) {
        PrintStream out = System.out;
        out.print(text);
        out.flush();
        return;
      }
      var owner =
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
      var options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      try (FileChannel to = FileChannel.open(file, options, owner)) {
        ByteBuffer left = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (left.hasRemaining()) {
          to.write(left);
        }
      } catch (FileAlreadyExistsException e) {
        throw new OperatorError(file + " exists already; nothing is written over it");
      } catch (IOException e) {
        throw new OperatorError(file + " cannot be written");
      }
    }

    @TouchesSecret
    private static Map<String, String> readable(Map<CredentialRef, Secret> secrets) {
      Map<String, String> values = new LinkedHashMap<>();
      secrets.forEach(
          (ref, secret) -> values.put(ref.path() + "#" + ref.field(), secret.use(text -> text)));
      return values;
    }
  }

  private static String content(Path file) {
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw new OperatorError(file + " is larger than 4 MiB");
      }
      return Files.readString(file);
    } catch (IOException e) {
      throw new OperatorError(file + " cannot be read as text");
    }
  }
}
