package dev.keyward.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

final class ClaimsTest {
  private static final Claim HELD = new Claim("a story", "it is so", true, "");
  private static final Claim BROKEN = new Claim("a story", "it is so", false, "it is not");

  private final Claims claims = new Claims();

  @Test
  void aDemoThatClaimedNothingDidNotSucceed() {
    assertFalse(claims.allHeld());
  }

  @Test
  void allHeldMeansAll() {
    claims.add(HELD);
    assertTrue(claims.allHeld());

    claims.add(BROKEN);
    claims.add(HELD);

    assertFalse(claims.allHeld());
    assertEquals(List.of(BROKEN), claims.broken());
    assertEquals(List.of(HELD, BROKEN, HELD), claims.all());
  }
}
