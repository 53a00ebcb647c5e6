package dev.keyward.server;

import static java.lang.System.Logger.Level.WARNING;

import java.util.ArrayDeque;
import java.util.Deque;

/// What has to be closed, the last opened first. Used by one thread.
final class Endings implements AutoCloseable {
  private static final System.Logger log = System.getLogger(Endings.class.getName());

  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  /// {@return `opened`, which will be closed before all that was added earlier}
  <T extends AutoCloseable> T add(T opened) {
    open.push(opened);
    return opened;
  }

  /// Closes everything; what fails to close does not keep the rest open.
  @Override
  public void close() {
    while (!open.isEmpty()) {
      AutoCloseable next = open.pop();
      try {
        next.close();
      } catch (Exception e) {
        log.log(WARNING, "something did not close cleanly", e);
      }
    }
  }
}
