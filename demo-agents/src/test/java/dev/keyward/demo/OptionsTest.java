package dev.keyward.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class OptionsTest {
  @Test
  void withoutOptionsNobodyIsWaitedFor() {
    assertEquals(new Options(false, false), Options.parse(List.of()));
    assertEquals(new Options(true, false), Options.parse(List.of("--pause")));
    assertEquals(new Options(false, true), Options.parse(List.of("--help")));
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
