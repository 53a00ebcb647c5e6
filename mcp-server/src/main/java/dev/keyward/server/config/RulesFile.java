package dev.keyward.server.config;

import dev.keyward.catalog.YamlText;
import dev.keyward.redaction.rules.BadRules;
import dev.keyward.redaction.rules.Rules;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/// The rules for redaction as an operator's file changes them, read again when it changes.
///
/// A file that cannot be used any more leaves the last good rules as they are and is logged, once.
/// Safe for all threads; asking costs nothing but a look at the clock.
public final class RulesFile {
  private static final System.Logger LOG = System.getLogger(RulesFile.class.getName());
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(2);

  private final Optional<Path> file;
  private final Set<String> personalData;
  private final InstantSource clock;
  private final ReentrantLock looking = new ReentrantLock();
  private volatile Seen seen;
  private volatile Instant lookAgain;

  private record Seen(Rules rules, FileTime changed) {}

  private RulesFile(Optional<Path> file, Set<String> personalData, InstantSource clock, Seen seen) {
    this.file = file;
    this.personalData = Set.copyOf(personalData);
    this.clock = clock;
    this.seen = seen;
    this.lookAgain = clock.instant().plus(BETWEEN_LOOKS);
  }

  /// Reads `file`; without one these are the standard rules.
  ///
  /// @throws BadRules if it cannot be used; the message names file, rule and field
  /// @throws IllegalArgumentException if a type is none, likewise
  /// @throws IOException if it cannot be read, likewise
  public static RulesFile open(Optional<Path> file, Set<String> personalData, InstantSource clock)
      throws IOException {
    return new RulesFile(file, personalData, clock, look(file, personalData));
  }

  /// {@return the standard rules as `file`, YAML or JSON, changes them}
  ///
  /// @throws BadRules if it cannot be used; the message names file, rule and field
  /// @throws IOException if it cannot be read, likewise
  public static Rules read(Path file) throws IOException {
    String name = String.valueOf(file.getFileName());
    try {
      return Rules.standard().with(name, YamlText.read(Files.readString(file)).json());
    } catch (YamlText.Unreadable why) {
      throw new IOException(name + ":" + why.line() + ": " + why.rule(), why);
    }
  }

  /// {@return the rules as they are now}
  public Rules current() {
    if (file.isPresent() && clock.instant().isAfter(lookAgain) && looking.tryLock()) {
      try {
        lookAgain = clock.instant().plus(BETWEEN_LOOKS);
        renew();
      } finally {
        looking.unlock();
      }
    }
    return seen.rules;
  }

  private void renew() {
    Seen last = seen;
    try {
      if (!changed(file).equals(last.changed)) {
        seen = new Seen(last.rules, changed(file));
        seen = look(file, personalData);
      }
    } catch (IOException | IllegalArgumentException why) {
      LOG.log(Level.ERROR, "the rules stay as they were: " + why.getMessage());
    }
  }

  private static Seen look(Optional<Path> file, Set<String> personalData) throws IOException {
    FileTime changed = changed(file);
    Rules rules = file.isPresent() ? read(file.get()) : Rules.standard();
    mustKnow(rules, personalData);
    return new Seen(rules.withPersonal(personalData), changed);
  }

  private static void mustKnow(Rules rules, Set<String> personalData) {
    List<String> known = rules.personalTypes();
    if (!known.containsAll(personalData)) {
      throw new IllegalArgumentException(
          "config.yaml, /redaction/personal_data: must have only " + String.join(", ", known));
    }
  }

  private static FileTime changed(Optional<Path> file) throws IOException {
    return file.isPresent() ? Files.getLastModifiedTime(file.get()) : FileTime.from(Instant.EPOCH);
  }
}
