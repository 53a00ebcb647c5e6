package dev.keyward.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class CancellationTest {
  private final Cancellation cancellation = new Cancellation();
  private final List<String> told = new ArrayList<>();

  @Test
  void theFirstReasonStands() {
    assertTrue(cancellation.cancel(new Refusal.Unauthenticated()));
    assertFalse(cancellation.cancel(new Refusal.Cancelled()));

    assertEquals(Optional.of(new Refusal.Unauthenticated()), cancellation.reason());
    var refused = assertThrows(CallRefused.class, cancellation::check);
    assertEquals(new Refusal.Unauthenticated(), refused.refusal());
  }

  @Test
  void whoWatchesIsToldOnceAndWhoHasClosedIsNot() {
    var _ = cancellation.onCancel(() -> told.add("watching"));
    cancellation.onCancel(() -> told.add("closed")).close();

    cancellation.cancel(new Refusal.Cancelled());
    cancellation.cancel(new Refusal.Cancelled());

    assertEquals(List.of("watching"), told);
  }

  @Test
  void whoComesLateIsToldAtOnce() {
    cancellation.cancel(new Refusal.Cancelled());

    var _ = cancellation.onCancel(() -> told.add("late"));

    assertEquals(List.of("late"), told);
  }

  @Test
  void aCallThatNobodyEndedGoesOn() {
    cancellation.check();

    assertFalse(cancellation.cancelled());
  }
}
