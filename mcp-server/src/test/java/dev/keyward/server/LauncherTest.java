package dev.keyward.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the JVM itself says must not come between the messages on standard output.
final class LauncherTest {
  private static final List<String> QUIET = List.of("-Xlog:disable", "-Xlog:all=error:stderr");

  @ParameterizedTest
  @ValueSource(strings = {"../keyward", "../dist/keyward"})
  void theJvmsWordsGoToStandardError(String launcher) throws Exception {
    String script = Files.readString(Path.of(launcher));

    assertTrue(script.contains(String.join(" ", QUIET)));
    assertEquals("", saidOf(QUIET));
  }

  @Test
  void withoutThatTheyGoToStandardOutput() throws Exception {
    assertFalse(saidOf(List.of()).isEmpty());
  }

  /// {@return what a JVM with a class cache that is not there prints to standard output}
  private static String saidOf(List<String> options) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("-XX:AOTCache=nowhere.aot", "-version"));
    Process java =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String said = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    java.waitFor();
    return said;
  }
}
