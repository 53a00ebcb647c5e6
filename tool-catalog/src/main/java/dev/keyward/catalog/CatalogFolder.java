package dev.keyward.catalog;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/// A folder of catalog files (`*.yaml`, `*.yml`, no subfolders, no hidden files), watched for
/// changes. Safe for many threads.
///
/// A broken file never takes the others down: what it last said while it was good stays, and
/// [#problems] says what is wrong. A deleted file takes its tools with it, and so does a deleted
/// folder. Of two files with one tool, the later by name has a problem and loses that tool.
public final class CatalogFolder implements AutoCloseable {
  private static final Logger LOG = System.getLogger(CatalogFolder.class.getName());
  private static final int MAX_FILES = 1000;
  private static final int MAX_BYTES = 4 * YamlText.MAX_CHARACTERS;

  private final Path folder;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final Map<String, Held> files = new TreeMap<>();
  private volatile Snapshot snapshot = new Snapshot(ToolCatalog.of(List.of()), List.of());
  private final FolderWatch watch;

  private CatalogFolder(Path folder) {
    this.folder = folder;
    this.watch = new FolderWatch(folder, this::reload);
  }

  /// Loads the folder and begins to watch it; never throws for what it finds there.
  ///
  /// A missing or empty folder is a problem, and is watched until that changes.
  public static CatalogFolder open(Path folder) {
    var catalog = new CatalogFolder(folder.toAbsolutePath().normalize());
    catalog.reload();
    catalog.watch.start();
    return catalog;
  }

  /// {@return the tools as of now; the same object until something changes}
  public ToolCatalog current() {
    return snapshot.catalog;
  }

  /// {@return what is wrong as of now, by file and line; empty when all is well}
  public List<CatalogProblem> problems() {
    return snapshot.problems;
  }

  /// Calls `listener` after each settled change of tools or problems, on the thread that saw it,
  /// one change after another.
  ///
  /// [#current] and [#problems] then already say the new. A listener that throws is logged. One
  /// that [#reload] calls must not close this folder: the watcher may be waiting for its turn.
  public void onChange(Runnable listener) {
    listeners.add(listener);
  }

  /// Looks at the folder now instead of waiting for the watcher; listeners have run on return.
  public synchronized void reload() {
    if (replaceSnapshot()) {
      listeners.forEach(CatalogFolder::tell);
    }
  }

  /// Ends the watching; [#current] goes on to say what it last said.
  @Override
  public void close() {
    watch.close();
  }

  private boolean replaceSnapshot() {
    Snapshot next = load();
    Snapshot last = snapshot;
    boolean sameTools = next.catalog.digest().equals(last.catalog.digest());
    if (sameTools && next.problems.equals(last.problems)) {
      return false;
    }
    next.problems.stream()
        .filter(problem -> !last.problems.contains(problem))
        .forEach(problem -> LOG.log(Level.WARNING, "catalog: " + problem));
    snapshot = sameTools ? new Snapshot(last.catalog, next.problems) : next;
    return true;
  }

  private Snapshot load() {
    List<CatalogProblem> problems = new ArrayList<>();
    try {
      refresh(listing(), problems);
    } catch (IOException | UncheckedIOException e) {
      LOG.log(Level.DEBUG, "catalog folder cannot be listed", e);
      problems.add(ofFolder("cannot be read; the tools it last had stay"));
    }
    files.values().forEach(held -> problems.addAll(held.problems));
    ToolCatalog catalog = ToolCatalog.of(join(problems));
    problems.sort(
        Comparator.comparing(CatalogProblem::file).thenComparingInt(CatalogProblem::line));
    return new Snapshot(catalog, List.copyOf(problems));
  }

  private void refresh(Optional<List<Path>> listing, List<CatalogProblem> problems) {
    List<Path> found = listing.orElseGet(List::of);
    if (listing.isEmpty()) {
      problems.add(
          ofFolder(
              Files.exists(folder)
                  ? "is no folder; name the one that the file is in"
                  : "does not exist; make the folder and put a catalog file into it"));
    } else if (found.isEmpty()) {
      problems.add(ofFolder("has no catalog file (*.yaml or *.yml)"));
    } else if (found.size() > MAX_FILES) {
      problems.add(ofFolder("must have at most " + MAX_FILES + " catalog files"));
      return;
    }
    files.keySet().retainAll(found.stream().map(CatalogFolder::name).toList());
    for (Path file : found) {
      read(file).ifPresent(held -> files.merge(name(file), held, Held::after));
    }
  }

  private Optional<List<Path>> listing() throws IOException {
    if (!Files.isDirectory(folder)) {
      return Optional.empty();
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return Optional.of(entries.filter(CatalogFolder::isCatalogFile).sorted().toList());
    }
  }

  private static boolean isCatalogFile(Path file) {
    String name = name(file);
    return !name.startsWith(".") && (name.endsWith(".yaml") || name.endsWith(".yml"));
  }

  /// {@return what the file says; empty when it has gone since it was listed, which the next look
  /// sees}
  private Optional<Held> read(Path file) {
    String name = name(file);
    Held known = files.get(name);
    try {
      String text = text(file);
      return known != null && known.text.equals(Optional.of(text))
          ? Optional.of(known)
          : Optional.of(Held.of(Optional.of(text), CatalogReading.of(name, text)));
    } catch (CharacterCodingException _) {
      return Optional.of(Held.broken(new CatalogProblem(name, 0, "", "must be UTF-8 text")));
    } catch (IOException _) {
      return Files.exists(file, LinkOption.NOFOLLOW_LINKS)
          ? Optional.of(Held.broken(new CatalogProblem(name, 0, "", "cannot be read")))
          : Optional.empty();
    }
  }

  private static String text(Path file) throws IOException {
    try (InputStream stream = Files.newInputStream(file)) {
      byte[] bytes = stream.readNBytes(MAX_BYTES);
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    }
  }

  /// All files' tools, without those whose name an earlier file has.
  private List<Tool> join(List<CatalogProblem> problems) {
    Map<String, Tool> byName = new TreeMap<>();
    for (var file : files.entrySet()) {
      for (Tool tool : file.getValue().tools) {
        if (byName.putIfAbsent(tool.name().safe(), tool) != null) {
          problems.add(twice(file.getKey(), file.getValue().lines, tool));
        }
      }
    }
    return List.copyOf(byName.values());
  }

  private static CatalogProblem twice(String file, Lines lines, Tool tool) {
    String action = tool.name().value().substring(tool.target().system().length() + 1);
    String pointer = Pointer.child("/tools", action);
    return new CatalogProblem(
        file,
        lines.of(pointer),
        "tools." + action,
        "must not be declared twice; an earlier file has a tool of this name (. counts as _)");
  }

  private CatalogProblem ofFolder(String rule) {
    return new CatalogProblem(name(folder), 0, "", rule);
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }

  private static void tell(Runnable listener) {
    try {
      listener.run();
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "a listener to catalog changes failed", e);
    }
  }

  private record Snapshot(ToolCatalog catalog, List<CatalogProblem> problems) {}

  /// What is held of one file: its text as last read, its tools as last good, its problems as of
  /// now.
  private record Held(
      Optional<String> text, List<Tool> tools, Lines lines, List<CatalogProblem> problems) {

    static Held of(Optional<String> text, CatalogReading reading) {
      return new Held(text, reading.file().tools(), reading.lines(), reading.file().problems());
    }

    static Held broken(CatalogProblem problem) {
      return new Held(Optional.empty(), List.of(), new Lines(Map.of()), List.of(problem));
    }

    /// This, but with the tools of `last` where `now` is broken.
    static Held after(Held last, Held now) {
      return now.problems.isEmpty()
          ? now
          : new Held(now.text, last.tools, last.lines, now.problems);
    }
  }
}
