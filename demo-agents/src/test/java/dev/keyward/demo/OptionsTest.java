package dev.keyward.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class OptionsTest {
  @Test
  void withoutOptionsNobodyIsWaitedFor() {
    assertEquals(options(false, Optional.empty(), false), Options.parse(List.of()));
    assertEquals(options(true, Optional.empty(), false), Options.parse(List.of("--pause")));
    assertEquals(options(false, Optional.empty(), true), Options.parse(List.of("--help")));
  }

  @Test
  void aModelGetsTheTaskThatIsGivenOrOurs() {
    assertEquals(
        options(false, Optional.of(LlmStory.TASK), false), Options.parse(List.of("--llm")));
    assertEquals(
        new Options(false, Optional.of("Say hello."), Optional.of(Path.of("t.md")), false),
        Options.parse(List.of("--llm", "Say hello.", "--transcript", "t.md")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"--pause --llm", "--transcript t.md", "--llm --transcript", "hello"})
  void whatMakesNoSenseIsRefused(String line) {
    List<String> arguments = List.of(line.split(" ", -1));
    assertThrows(IllegalArgumentException.class, () -> Options.parse(arguments));
  }

  private static Options options(boolean pause, Optional<String> llm, boolean help) {
    return new Options(pause, llm, Optional.empty(), help);
  }

  @Test
  void anUnknownOptionIsRefusedWithoutRepeatingIt() {
    var refused =
        assertThrows(IllegalArgumentException.class, () -> Options.parse(List.of("--key=abc")));
    assertFalse(refused.toString().contains("abc"));
  }

  @Test
  void coloursAreForTerminalsThatWantThem() {
    assertTrue(Paint.wanted(true, Map.of("TERM", "xterm")));
    assertFalse(Paint.wanted(false, Map.of("TERM", "xterm")));
    assertFalse(Paint.wanted(true, Map.of("NO_COLOR", "1")));
    assertTrue(Paint.wanted(true, Map.of("NO_COLOR", "")));
    assertFalse(Paint.wanted(true, Map.of("TERM", "dumb")));
  }
}
