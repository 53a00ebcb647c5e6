package dev.keyward.server.handle;

import dev.keyward.redaction.Redacted;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// An answer from which the values of handles have been taken, and the handles that are to stand in
/// their places once it has been scrubbed.
public final class GivenHandles {
  private final Redacted left;
  private final List<Redacted.StandIn> standIns;

  GivenHandles(Redacted left, List<Redacted.StandIn> standIns) {
    this.left = left;
    this.standIns = List.copyOf(standIns);
  }

  /// {@return whether handles stand in the text at `pointer`}
  public boolean standIn(String pointer) {
    return standIns.stream().anyMatch(one -> one.pointer().equals(pointer));
  }

  /// {@return the answer without the values}
  public Redacted left() {
    return left;
  }

  /// {@return `scrubbed` with the handles in their places}
  ///
  /// A text in which something else was taken out meanwhile is not the one that its handles were
  /// given for, and goes as a whole.
  ///
  /// @param scrubbed what came of [#left]
  public Redacted in(Redacted scrubbed) {
    List<Redacted.StandIn> fitting = new ArrayList<>();
    Set<String> withheld = new LinkedHashSet<>();
    for (Redacted.StandIn one : standIns) {
      if (scrubbed.json().at(one.pointer()).equals(left.json().at(one.pointer()))) {
        fitting.add(one);
      } else if (!scrubbed.json().at(one.pointer()).isMissingNode()) {
        withheld.add(one.pointer());
      }
    }
    return scrubbed.withHandles(fitting).withheldAt(withheld);
  }
}
