package dev.keyward.catalog;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Calls back when a folder may have changed, once per burst of changes, from a daemon thread.
///
/// The operating system's events make it quick; a look every two seconds makes it sure where events
/// do not come: network file systems, folders that do not exist yet, links to files elsewhere.
final class FolderWatch implements AutoCloseable {
  private static final Logger LOG = System.getLogger(FolderWatch.class.getName());
  private static final long LOOK_MILLIS = 2000;
  private static final long QUIET_MILLIS = 100;
  private static final int MAX_BURSTS = 20;

  private final Path folder;
  private final Runnable changed;
  private final Thread thread;
  private final Optional<WatchService> events;
  private volatile boolean closed;

  FolderWatch(Path folder, Runnable changed) {
    this.folder = folder;
    this.changed = changed;
    this.events = events(folder);
    this.thread = Thread.ofPlatform().daemon().name("keyward-catalog").unstarted(this::watch);
  }

  void start() {
    thread.start();
  }

  /// Ends the watching and waits for a callback that is under way, unless it is the caller.
  ///
  /// Nothing is interrupted: an interrupt would make a file look unreadable that is being read.
  @Override
  public void close() {
    closed = true;
    events.ifPresent(FolderWatch::end);
    try {
      if (!thread.equals(Thread.currentThread())) {
        thread.join();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static Optional<WatchService> events(Path folder) {
    try {
      return Optional.of(folder.getFileSystem().newWatchService());
    } catch (IOException e) {
      LOG.log(Level.ERROR, "the catalog cannot be watched; restart to pick up changes", e);
      return Optional.empty();
    }
  }

  private static void end(WatchService events) {
    try {
      events.close();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "the watching of the catalog did not end well", e);
    }
  }

  private void watch() {
    try {
      events.ifPresent(this::watch);
    } catch (ClosedWatchServiceException _) {
      LOG.log(Level.DEBUG, "the catalog is no longer watched");
    }
  }

  private void watch(WatchService service) {
    Optional<WatchKey> registered = Optional.empty();
    while (!closed) {
      if (registered.filter(WatchKey::isValid).isEmpty()) {
        registered = register(service);
        look(); // what changed before there were events
      }
      settle(service);
      look();
    }
  }

  private Optional<WatchKey> register(WatchService events) {
    try {
      return Optional.of(
          folder.register(
              events,
              StandardWatchEventKinds.ENTRY_CREATE,
              StandardWatchEventKinds.ENTRY_MODIFY,
              StandardWatchEventKinds.ENTRY_DELETE));
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  /// Waits for an event, and then until the burst is over: an editor truncates, writes and renames.
  private static void settle(WatchService events) {
    Optional<WatchKey> key = poll(events, LOOK_MILLIS);
    for (int i = 0; key.isPresent() && i < MAX_BURSTS; i++) {
      key.get().pollEvents();
      key.get().reset();
      key = poll(events, QUIET_MILLIS);
    }
    key.ifPresent(WatchKey::reset);
  }

  private static Optional<WatchKey> poll(WatchService events, long millis) {
    try {
      return Optional.ofNullable(events.poll(millis, TimeUnit.MILLISECONDS));
    } catch (InterruptedException _) {
      return Optional.empty(); // nobody interrupts this thread; a look too many does no harm
    }
  }

  private void look() {
    if (closed) {
      return;
    }
    try {
      changed.run();
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "the catalog could not be loaded", e);
    }
  }
}
