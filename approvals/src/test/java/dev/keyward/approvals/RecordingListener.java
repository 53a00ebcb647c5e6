package dev.keyward.approvals;

import dev.keyward.store.Tx;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// Remembers the events of what was committed, and can be told to fail.
final class RecordingListener implements ApprovalListener {
  private final List<ApprovalEvent> committed = new CopyOnWriteArrayList<>();
  private volatile boolean failing;

  @Override
  public void append(Tx tx, ApprovalEvent event) {
    if (failing) {
      throw new IllegalStateException("the audit cannot be written");
    }
    tx.afterCommit(() -> committed.add(event));
  }

  void fail() {
    failing = true;
  }

  /// {@return what happened, as `Name STATE` in order}
  List<String> heard() {
    return committed.stream()
        .map(e -> e.getClass().getSimpleName() + " " + e.request().state())
        .toList();
  }

  List<ApprovalEvent> events() {
    return committed;
  }
}
