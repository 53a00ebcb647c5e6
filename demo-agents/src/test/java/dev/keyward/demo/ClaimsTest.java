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
  void eachStoryIsTalliedByItself() {
    claims.add(HELD);
    claims.add(new Claim("another story", "it is so", true, ""));
    claims.add(BROKEN);

    assertEquals(List.of("a story", "another story"), List.copyOf(claims.stories().keySet()));
    assertEquals(
        List.of("✗ 1 of 2", "✓ 1 of 1"),
        claims.stories().values().stream().map(Claims::tally).toList());
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
