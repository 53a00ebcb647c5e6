package dev.keyward.server.credential;

import dev.keyward.redaction.Secret;
import java.io.Console;
import java.nio.file.Path;
import java.util.Optional;

/// Who knows the passphrase of a locked key file.
@FunctionalInterface
public interface Passphrase {
  /// {@return the passphrase of `file`, or empty if there is nobody to ask}
  Optional<Secret> of(Path file);

  /// {@return somebody at the terminal that this process has, if it has one}
  @SuppressWarnings("SystemConsoleNull") // NullAway and the JDK's contract disagree on null here
  static Passphrase atTerminal() {
    return file ->
        Optional.ofNullable(System.console())
            .filter(Console::isTerminal)
            .map(terminal -> terminal.readPassword("Passphrase of %s (not shown): ", file))
            .map(String::new)
            .filter(typed -> !typed.isEmpty())
            .map(Secret::of);
  }
}
