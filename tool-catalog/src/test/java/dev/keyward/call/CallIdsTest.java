package dev.keyward.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.security.SecureRandom;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class CallIdsTest {
  private static final int MANY = 2_000;

  @Test
  void namesSortInTheOrderInWhichTheyWereMade() {
    var ids = new CallIds(new SecureRandom());

    List<String> names = Stream.generate(() -> ids.next().value()).limit(MANY).toList();

    assertEquals(names, List.copyOf(new TreeSet<>(names)));
  }

  @Test
  void whatCanBeCountedIsNotAllOfAName() {
    String one = new CallIds(new Random(1)).next().value();
    String other = new CallIds(new Random(2)).next().value();

    assertNotEquals(one.substring(0, 13), other.substring(0, 13));
    assertNotEquals(one.substring(21), other.substring(21));
  }
}
