package dev.keyward.server.cli;

import dev.keyward.server.control.OperatorError;
import java.io.Console;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Reads a secret's value: from a prompt that shows nothing, or from standard input.
///
/// Never from an argument: those stand in process lists and in shell histories.
final class SecretInput {
  private static final int MAX_BYTES = 64 << 10;
  private static final int LEAST_PASSPHRASE = 12;

  private SecretInput() {}

  @SuppressWarnings("SystemConsoleNull") // NullAway and the JDK's contract disagree on null here
  static String read(String name) {
    Optional<Console> console = Optional.ofNullable(System.console()).filter(Console::isTerminal);
    String value =
        console.map(terminal -> prompt(terminal, name)).orElseGet(SecretInput::standardInput);
    if (value.isEmpty()) {
      throw new OperatorError("the value is empty; nothing was stored");
    }
    return value;
  }

  /// {@return a passphrase, typed twice alike at a prompt, or from standard input}
  @SuppressWarnings("SystemConsoleNull") // NullAway and the JDK's contract disagree on null here
  static String newPassphrase() {
    Optional<Console> console = Optional.ofNullable(System.console()).filter(Console::isTerminal);
    String passphrase = console.map(SecretInput::twice).orElseGet(SecretInput::standardInput);
    if (passphrase.length() < LEAST_PASSPHRASE) {
      throw new OperatorError(
          "the passphrase must have at least "
              + LEAST_PASSPHRASE
              + " characters; nothing was changed");
    }
    return passphrase;
  }

  /// {@return the one line of a small file}
  static String file(Path file) {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new OperatorError(file + " is larger than 64 KiB");
      }
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new OperatorError(file + " cannot be read");
    }
  }

  private static String twice(Console console) {
    String first = prompt(console, "the new passphrase");
    if (!first.equals(prompt(console, "the new passphrase, again"))) {
      throw new OperatorError("the two are not alike; nothing was changed");
    }
    return first;
  }

  private static String prompt(Console console, String name) {
    char[] typed = console.readPassword("Value of %s (not shown): ", name);
    return typed == null ? "" : new String(typed);
  }

  /// The newline that `echo` puts at the end is not part of the value.
  private static String standardInput() {
    try {
      byte[] bytes = System.in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw new OperatorError("the value is larger than 64 KiB; nothing was stored");
      }
      return new String(bytes, StandardCharsets.UTF_8).replaceFirst("\\r?\\n\\z", "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
