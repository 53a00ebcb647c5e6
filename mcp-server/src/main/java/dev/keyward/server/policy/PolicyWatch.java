package dev.keyward.server.policy;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/// The policy file, read again when it changes. Safe for all threads.
///
/// A file that cannot be used any more leaves the last good rules as they are; [#problems] says
/// what is wrong. One that was never good lets no broker start.
public final class PolicyWatch {
  private static final System.Logger LOG = System.getLogger(PolicyWatch.class.getName());

  private final Optional<Path> file;
  private final List<PolicyFile.Allow> allowed;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private volatile State state;

  /// @param text what was last read; empty where it could not be
  private record State(Rules rules, Optional<String> text, List<PolicyProblem> problems) {}

  private PolicyWatch(Optional<Path> file, List<PolicyFile.Allow> allowed, State state) {
    this.file = file;
    this.allowed = List.copyOf(allowed);
    this.state = state;
  }

  /// Reads `file`; without one there are only the tiers and what the settings allow.
  ///
  /// @throws IllegalArgumentException if it cannot be used; the message names file, line, field and
  ///   rule
  public static PolicyWatch open(Optional<Path> file, List<PolicyFile.Allow> allowed) {
    if (file.isEmpty()) {
      var state = new State(PolicyFile.none(allowed), Optional.empty(), List.of());
      return new PolicyWatch(file, allowed, state);
    }
    Optional<String> text = text(file.get());
    PolicyFile.Reading reading = reading(file.get(), text, allowed);
    Rules rules =
        reading
            .rules()
            .orElseThrow(
                () -> new IllegalArgumentException(reading.problems().getFirst().toString()));
    return new PolicyWatch(file, allowed, new State(rules, text, List.of()));
  }

  /// {@return the rules as of now}
  public Rules current() {
    return state.rules;
  }

  /// {@return what is wrong with the file as of now; empty when all is well}
  public List<PolicyProblem> problems() {
    return state.problems;
  }

  /// Calls `listener` after each change of rules or problems, on the thread that saw it, one change
  /// after another.
  public void onChange(Runnable listener) {
    listeners.add(listener);
  }

  /// Looks whether the file has changed; listeners have run on return, whoever saw it. To be called
  /// every second or so.
  public synchronized void look() {
    if (file.isPresent() && renew(file.get())) {
      listeners.forEach(Runnable::run);
    }
  }

  private boolean renew(Path path) {
    State last = state;
    Optional<String> text = text(path);
    if (text.equals(last.text)) {
      return false;
    }
    PolicyFile.Reading reading = reading(path, text, allowed);
    reading.problems().stream()
        .filter(problem -> !last.problems.contains(problem))
        .forEach(problem -> LOG.log(Level.ERROR, "the policy stays as it was: " + problem));
    Rules rules =
        reading
            .rules()
            .filter(found -> !found.digest().equals(last.rules.digest()))
            .orElse(last.rules);
    state = new State(rules, text, reading.problems());
    return rules != last.rules || !reading.problems().equals(last.problems);
  }

  private static PolicyFile.Reading reading(
      Path file, Optional<String> text, List<PolicyFile.Allow> allowed) {
    String name = String.valueOf(file.getFileName());
    return text.map(read -> PolicyFile.read(name, read, allowed))
        .orElseGet(
            () ->
                new PolicyFile.Reading(
                    Optional.empty(),
                    List.of(new PolicyProblem(name, 0, "", "cannot be read as UTF-8 text"))));
  }

  private static Optional<String> text(Path file) {
    try {
      return Optional.of(Files.readString(file, StandardCharsets.UTF_8));
    } catch (IOException _) {
      return Optional.empty();
    }
  }
}
