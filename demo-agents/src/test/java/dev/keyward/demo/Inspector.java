package dev.keyward.demo;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// MCP Inspector's command line, each run a process of its own.
///
/// @param node the Node that runs it
/// @param script its entry, `mcp-inspector`
/// @param folder an empty folder for what it writes
/// @param era of the protocol that it is to speak: `legacy`, `modern`, or `auto` to find out
record Inspector(Path node, Path script, Path folder, String era) {
  private static final int PATIENCE_SECONDS = 120;

  /// What came of one run.
  ///
  /// @param exit 0 if the Inspector was content
  record Run(int exit, String out, String err) {
    /// {@return the result that it printed}
    JsonNode result() {
      return JsonMapper.shared().readTree(out);
    }

    /// {@return everything that it printed}
    String all() {
      return out + err;
    }
  }

  /// {@return the same, which speaks another era of the protocol}
  Inspector speaking(String other) {
    return new Inspector(node, script, folder, other);
  }

  /// Talks to a server over Streamable HTTP.
  Run http(String url, String key, String... what) throws IOException, InterruptedException {
    return server("http", url, key, what);
  }

  /// Talks to a server over HTTP+SSE.
  Run sse(String url, String key, String... what) throws IOException, InterruptedException {
    return server("sse", url, key, what);
  }

  private Run server(String transport, String url, String key, String... what)
      throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of(what));
    arguments.addAll(
        List.of(
            "--server-url",
            url,
            "--transport",
            transport,
            "--header",
            "Authorization: Bearer " + key,
            // Else a refused key would make it open a browser to sign in.
            "--stored-auth-only"));
    return run(arguments);
  }

  /// Starts `keyward stdio` on a home folder, as a client on this machine would.
  Run stdio(Path home, String key, String... what) throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of(what));
    arguments.addAll(List.of("-e", "KEYWARD_AGENT_KEY=" + key, "--"));
    arguments.addAll(OutsideTools.keywardStdio(home));
    return run(arguments);
  }

  private Run run(List<String> arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.addAll(List.of(node.toString(), script.toString(), "--cli"));
    command.addAll(List.of("--protocol-era", era, "--connect-timeout", "60000"));
    command.addAll(List.of("--format", "json"));
    command.addAll(arguments);
    return run(command, folder);
  }

  /// Runs a command to its end.
  ///
  /// @param folder for what it writes
  static Run run(List<String> command, Path folder) throws IOException, InterruptedException {
    Path out = Files.createTempFile(folder, "out", ".json");
    Path err = Files.createTempFile(folder, "err", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().put("HOME", folder.toString());
    Process process = builder.start();
    process.getOutputStream().close();
    try {
      assertTrue(
          process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS),
          () -> "the Inspector has not ended after " + PATIENCE_SECONDS + " s");
    } finally {
      process.destroyForcibly();
    }
    return new Run(process.exitValue(), Files.readString(out), Files.readString(err));
  }
}
