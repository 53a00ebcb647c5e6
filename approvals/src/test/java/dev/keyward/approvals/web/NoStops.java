package dev.keyward.approvals.web;

import dev.keyward.call.PersonId;
import java.util.List;

/// A kill switch that nobody works.
final class NoStops implements StopSwitch {
  @Override
  public List<Stopped> stopped() {
    return List.of();
  }

  @Override
  public List<Choice> choices() {
    return List.of();
  }

  @Override
  public void stop(String kind, String name, String why, PersonId by) {
    throw new IllegalArgumentException("nothing can be stopped here");
  }

  @Override
  public void resume(String kind, String name, PersonId by) {
    throw new IllegalArgumentException("nothing is stopped here");
  }
}
