package dev.keyward.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// An agent on the official TypeScript SDK, a process of its own; see `typescript-client.mjs`.
final class TypeScriptClient implements AutoCloseable {
  private static final String SCRIPT = "typescript-client.mjs";
  private static final int PATIENCE_SECONDS = 60;

  private final Process process;
  private final BufferedReader out;
  private final Path err;

  private TypeScriptClient(Process process, Path err) {
    this.process = process;
    this.out = process.inputReader(StandardCharsets.UTF_8);
    this.err = err;
  }

  /// Lays the script out beside the packages that it imports.
  ///
  /// @param modules the `node_modules` that hold them
  static void install(Path folder, Path modules) throws IOException {
    try (InputStream script = TypeScriptClient.class.getResourceAsStream(SCRIPT)) {
      Files.write(
          folder.resolve(SCRIPT),
          Optional.ofNullable(script).orElseThrow(() -> new IOException(SCRIPT)).readAllBytes());
    }
    Files.createSymbolicLink(folder.resolve("node_modules"), modules.toAbsolutePath());
  }

  /// Starts it.
  ///
  /// @param folder where it was installed
  /// @param arguments the line of the SDK, the door and so on, as the script says
  static TypeScriptClient start(Path node, Path folder, String key, List<String> arguments)
      throws IOException {
    List<String> command =
        new ArrayList<>(List.of(node.toString(), folder.resolve(SCRIPT).toString()));
    command.addAll(arguments);
    Path err = Files.createTempFile(folder, "err", ".txt");
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(err.toFile());
    builder.environment().put("KEYWARD_AGENT_KEY", key);
    return new TypeScriptClient(builder.start(), err);
  }

  /// Waits for the next step, which must be this one.
  ///
  /// @return what the client got
  JsonNode next(String step) throws IOException {
    String line = out.readLine();
    if (line == null) {
      throw new IOException("no " + step + ": " + Files.readString(err));
    }
    JsonNode said = JsonMapper.shared().readTree(line);
    if (!said.path("step").asString("").equals(step)) {
      throw new IOException("not " + step + " but " + line);
    }
    return said.path("got");
  }

  /// Waits until it has ended; returns its exit code.
  int exit() throws InterruptedException {
    return process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) ? process.exitValue() : -1;
  }

  /// {@return what it wrote to standard error}
  String errors() throws IOException {
    return Files.readString(err);
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    out.close();
  }
}
