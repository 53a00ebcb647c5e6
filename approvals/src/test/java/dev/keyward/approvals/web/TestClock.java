package dev.keyward.approvals.web;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/// A clock that stands still until it is moved.
final class TestClock implements InstantSource {
  private final AtomicLong now =
      new AtomicLong(Instant.parse("2026-11-20T13:30:05Z").toEpochMilli());

  @Override
  public Instant instant() {
    return Instant.ofEpochMilli(now.get());
  }

  void pass(Duration time) {
    now.addAndGet(time.toMillis());
  }
}
