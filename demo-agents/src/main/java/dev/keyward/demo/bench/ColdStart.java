package dev.keyward.demo.bench;

import dev.keyward.server.cli.Main;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `keyward stdio` as an MCP client starts it: a process, and the first call that it answers.
///
/// @param command what starts it, up to where its arguments follow
/// @param home the broker's folder; with a broker running there the process is a bridge to it
/// @param key the agent's
record ColdStart(List<String> command, Path home, String key) {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String LAST = "3";
  private static final List<String> MESSAGES =
      List.of(
          """
          {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25",\
          "capabilities":{},"clientInfo":{"name":"cold-start","version":"1"}}}\
          """,
          """
          {"jsonrpc":"2.0","method":"notifications/initialized"}\
          """,
          """
          {"jsonrpc":"2.0","id":2,"method":"tools/list","params":{}}\
          """,
          """
          {"jsonrpc":"2.0","id":3,"method":"tools/call",\
          "params":{"name":"shop.read_item","arguments":{"item":"item-0007"}}}\
          """);

  /// {@return the program in a JVM of its own, with `flags` beside the class path}
  static List<String> java(List<String> flags) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    return command;
  }

  /// {@return the same program with other arguments}
  static List<String> with(List<String> command, String... arguments) {
    var whole = new ArrayList<>(command);
    whole.addAll(Arrays.asList(arguments));
    return whole;
  }

  /// Starts it, sends a client's first messages at once, and lets it end.
  ///
  /// @return the time from the start to the answer of the call
  /// @throws IOException if the call is not answered with a result, or the process does not end
  ///   well
  Duration firstAnswer() throws IOException {
    var builder =
        new ProcessBuilder(with(command, "stdio", "--home", home.toString()))
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put("KEYWARD_AGENT_KEY", key);
    long begun = System.nanoTime();
    Process process = builder.start();
    OutputStream input = process.getOutputStream();
    try (var output =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      input.write((String.join("\n", MESSAGES) + "\n").getBytes(StandardCharsets.UTF_8));
      input.flush();
      Duration took = await(output, begun);
      input.close();
      mustEnd(process);
      return took;
    } finally {
      process.destroyForcibly();
    }
  }

  private static Duration await(BufferedReader output, long begun) throws IOException {
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      JsonNode answer = JsonMapper.shared().readTree(line);
      if (answer.path("id").asString("").equals(LAST)) {
        if (answer.path("result").path("isError").asBoolean(true)) {
          throw new IOException("the first call was not answered with a result");
        }
        return Duration.ofNanos(System.nanoTime() - begun);
      }
    }
    throw new IOException("the process ended before it answered");
  }

  private static void mustEnd(Process process) throws IOException {
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IOException("the process did not end well");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
