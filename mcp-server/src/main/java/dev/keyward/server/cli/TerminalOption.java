package dev.keyward.server.cli;

import dev.keyward.server.control.OperatorError;
import dev.keyward.server.terminal.PeoplePages;
import dev.keyward.server.terminal.SignedIn;
import dev.keyward.server.terminal.SignedInFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Where this terminal keeps who has let it in, and the way to that broker.
final class TerminalOption {
  @Option(
      names = "--session",
      paramLabel = "FILE",
      description =
          "Where login keeps what it was given; default: KEYWARD_TERMINAL, else"
              + " ~/.config/keyward/terminal.json")
  private @Nullable Path file;

  SignedInFile file() {
    return new SignedInFile(
        Optional.ofNullable(file)
            .or(() -> Optional.ofNullable(System.getenv("KEYWARD_TERMINAL")).map(Path::of))
            .orElseGet(TerminalOption::usual));
  }

  private static Path usual() {
    Path settings =
        Optional.ofNullable(System.getenv("XDG_CONFIG_HOME"))
            .map(Path::of)
            .orElseGet(() -> Path.of(System.getProperty("user.home"), ".config"));
    return settings.resolve("keyward").resolve("terminal.json");
  }

  /// {@return whether somebody has let this terminal in}
  boolean signedIn() throws IOException {
    return file().read().isPresent();
  }

  /// {@return the broker's pages, for whoever has let this terminal in}
  PeoplePages pages() throws IOException {
    SignedIn person =
        file()
            .read()
            .orElseThrow(
                () ->
                    new OperatorError(
                        "nobody is signed in at this terminal; sign in with: keyward approvals"
                            + " login --url URL"));
    return PeoplePages.of(person);
  }
}
