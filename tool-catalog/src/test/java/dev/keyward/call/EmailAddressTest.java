package dev.keyward.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is taken for a mail address.
final class EmailAddressTest {
  @Test
  void theHostIsWhatStandsBehind() {
    assertEquals("mail.example.com", new EmailAddress("a.b+c@mail.example.com").host());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "alice",
        "@example.com",
        "alice@",
        "alice@example.com\r\nBcc: eve@evil.example",
        "alice@example.com,eve@evil.example",
        "Alice <alice@example.com>",
        "\"alice\"@example.com",
        "alice@exa mple.com",
        "alice@[127.0.0.1]",
        "al\u0131ce@example.com",
        "alice@-example.com",
      })
  void whatCouldBeMoreThanOneIsRefusedAndNotRepeated(String text) {
    var refused = assertThrows(IllegalArgumentException.class, () -> new EmailAddress(text));

    assertFalse(text.contains("eve") && String.valueOf(refused.getMessage()).contains("eve"));
  }
}
