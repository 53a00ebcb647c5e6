package dev.keyward.server.credential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.redaction.Secret;
import dev.keyward.server.config.ProgramSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class ClientProgramTest {
  private static final Map<String, String> AROUND =
      Map.of("PATH", "/usr/bin:/bin", "HOME", "/nowhere", "TOKEN", "t-1", "OTHER", "o-1");

  @TempDir Path folder;

  @Test
  void whatIsPrintedIsTheSecretWithoutTheLastNewline() throws Exception {
    assertEquals(Secret.of("one\ntwo"), ask("printf 'one\\ntwo\\n'"));
  }

  @Test
  void argumentsAreNoShells() throws Exception {
    var program = program(List.of("/bin/echo", "$(id)", "`id`", "$HOME", "a;b|c"), 20);

    assertEquals(Secret.of("$(id) `id` $HOME a;b|c"), program.ask());
  }

  @Test
  void itSeesThePathTheHomeAndWhatItWasGivenByName() throws Exception {
    assertEquals(
        Secret.of("/usr/bin:/bin /nowhere t-1 none"), ask("echo $PATH $HOME $TOKEN ${OTHER-none}"));
  }

  @Test
  void itRunsInTheHomeFolderAndReadsNothing() throws Exception {
    assertEquals(
        Secret.of("input: , in " + folder.toRealPath()),
        ask("echo \"input: $(cat), in $(pwd -P)\""));
  }

  @Test
  void whatItComplainsOfIsRepeatedNowhere() {
    try (var canary = Canary.listening()) {
      String why = failure("echo canary-one-7d1f; echo canary-one-7d1f >&2; exit 3", 20);

      assertEquals("the program ends with exit code 3", why);
      Canary.assertFree(canary.logged(), "canary-one-7d1f");
    }
  }

  @Test
  void oneThatHangsIsEndedWithAllThatItStarted() throws IOException {
    String why = failure("sleep 300 & echo $! > child; echo $$ > self; wait", 3);

    assertEquals("the program does not end within 3 s", why);
    assertGone("child");
    assertGone("self");
  }

  /// Whether the output ends when the program or when the other one does is the JDK's to say; that
  /// nobody waits for the other one is ours.
  @Test
  void oneThatLeavesAnotherBehindIsNotWaitedForForever() {
    var program = program(List.of("/bin/sh", "-c", "sleep 300 & echo done"), 1);
    try {
      assertEquals(Secret.of("done"), program.ask());
    } catch (ClientProgram.Failed e) {
      assertEquals("the program does not end within 1 s", e.why());
    }
  }

  @Test
  void noProgramFillsTheMemory() {
    assertEquals("the program prints more than 64 KiB", failure("cat /dev/zero", 20));
  }

  @Test
  void nothingAndWhatIsNoTextIsNoSecret() {
    assertEquals("the program prints no text", failure("true", 20));
    assertEquals("the program prints no text", failure("echo ' '", 20));
    assertEquals("the program prints no text", failure("printf '\\377\\376'", 20));
  }

  @Test
  void oneThatIsNotThereIsToldAsSuch() {
    var failed =
        assertThrows(
            ClientProgram.Failed.class, () -> program(List.of("no-such-program"), 20).ask());

    assertEquals("the program cannot be started; is it installed and in PATH?", failed.why());
    assertTrue(failed.getCause() == null, "the cause would quote the command");
  }

  private void assertGone(String file) throws IOException {
    long pid = Long.parseLong(Files.readString(folder.resolve(file)).strip());
    Optional<ProcessHandle> process = ProcessHandle.of(pid);
    process.ifPresent(left -> left.onExit().join());
    assertFalse(process.map(ProcessHandle::isAlive).orElse(false));
  }

  private Secret ask(String script) throws Exception {
    return program(List.of("/bin/sh", "-c", script), 20).ask();
  }

  private String failure(String script, int seconds) {
    var program = program(List.of("/bin/sh", "-c", script), seconds);
    return assertThrows(ClientProgram.Failed.class, program::ask).why();
  }

  private ClientProgram program(List<String> run, int seconds) {
    return new ClientProgram(
        new ProgramSettings(run, List.of("TOKEN"), Duration.ofSeconds(seconds)),
        folder,
        name -> Optional.ofNullable(AROUND.get(name)));
  }
}
