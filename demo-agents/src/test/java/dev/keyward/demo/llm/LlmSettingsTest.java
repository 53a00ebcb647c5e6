package dev.keyward.demo.llm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LlmSettingsTest {
  private static final String KEY = "sk-canary-5fa1c9";

  @Test
  void noEndpointIsNamedByDefault() {
    assertTrue(LlmSettings.of(Map.of()).isEmpty());
    assertTrue(LlmSettings.of(Map.of(LlmSettings.KEY, KEY, LlmSettings.URL, " ")).isEmpty());
  }

  @ParameterizedTest
  @CsvSource({
    "http://127.0.0.1:11434/v1, http://127.0.0.1:11434/v1/chat/completions",
    "https://llm.example.com/v1/, https://llm.example.com/v1/chat/completions",
    "https://llm.example.com, https://llm.example.com/chat/completions",
    "https://llm.example.com/x/chat/completions, https://llm.example.com/x/chat/completions",
  })
  void theBaseOrTheWholeAddressWillDo(String url, String endpoint) {
    assertEquals(endpoint, of(url, KEY).endpoint().toString());
  }

  @Test
  void anEndpointWithoutAModelIsRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> LlmSettings.of(Map.of(LlmSettings.URL, "http://127.0.0.1:1/v1")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ftp://llm.example.com/v1",
        "https://user:" + KEY + "@llm.example.com/v1",
        "https://llm.example.com/v1?key=" + KEY,
        "http://llm.example.com/v1",
        "http://127.0.0.1.example.com/v1",
        "not an address " + KEY,
        "/v1",
      })
  void anAddressThatWouldGiveTheKeyAwayIsRefusedWithoutRepeatingIt(String url) {
    var refused = assertThrows(IllegalArgumentException.class, () -> of(url, KEY));
    assertFalse((refused + " " + refused.getCause()).contains(KEY));
  }

  @Test
  void plainHttpInTheOwnNetworkIsForEndpointsWithoutAKey() {
    assertEquals("llm.lan", of("http://llm.lan:8080/v1", "").endpoint().getHost());
  }

  @Test
  void aKeyThatIsNoHeaderIsRefusedWithoutRepeatingIt() {
    var refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> of("https://llm.example.com/v1", KEY + "\nX-Other: 1"));
    assertFalse((refused + " " + refused.getCause()).contains(KEY));
  }

  @Test
  void nothingPrintsTheKeyAndItIsMasked() {
    LlmSettings settings = of("https://llm.example.com/v1", KEY);
    assertFalse(settings.toString().contains(KEY));
    assertEquals("you sent [llm key]!", settings.mask("you sent " + KEY + "!"));
  }

  private static LlmSettings of(String url, String key) {
    return LlmSettings.of(
            Map.of(LlmSettings.URL, url, LlmSettings.MODEL, "m", LlmSettings.KEY, key))
        .orElseThrow();
  }
}
