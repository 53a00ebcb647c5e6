package dev.keyward.call;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ToolPatternTest {
  private static final ToolName READ = new ToolName("crm.read_ticket");

  @Test
  void aNameNamesItselfAlone() {
    assertTrue(new ToolPattern("crm.read_ticket").names(READ));
    assertFalse(new ToolPattern("crm.read").names(READ));
    assertFalse(new ToolPattern("crm.read_tickets").names(READ));
  }

  @Test
  void aStarNamesItsWholeSystemAndNoOther() {
    assertTrue(new ToolPattern("crm.*").names(READ));
    assertFalse(new ToolPattern("crm.*").names(new ToolName("crmx.read_ticket")));
    assertFalse(new ToolPattern("cr.*").names(READ));
  }

  @ParameterizedTest
  @ValueSource(strings = {"*", "*.*", "crm", "crm.", "crm.read*", "crm.*.x", "Crm.*", "crm.* ", ""})
  void nothingElseIsAPattern(String text) {
    assertThrows(IllegalArgumentException.class, () -> new ToolPattern(text));
  }
}
