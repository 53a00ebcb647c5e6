package dev.keyward.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ToolNameTest {

  @Test
  void theSafeFormHasNoDot() {
    assertEquals("crm_read_ticket", new ToolName("crm.read_ticket").safe());
  }

  @Test
  void fortyEightCharactersAreTheMost() {
    assertEquals(48, new ToolName("crm." + "a".repeat(44)).value().length());
    assertThrows(IllegalArgumentException.class, () -> new ToolName("crm." + "a".repeat(45)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "crm",
        "crm.",
        ".read",
        "a.b.c",
        "Crm.read",
        "crm.Read",
        "crm.1",
        "1.a",
        "crm/x.a",
        "crm.a b",
        "crm.a\n",
        "crm.é"
      })
  void anotherShapeIsRefusedWithoutRepeatingIt(String value) {
    var refused = assertThrows(IllegalArgumentException.class, () -> new ToolName(value));

    assertFalse(value.length() > 4 && String.valueOf(refused.getMessage()).contains(value));
  }
}
