package dev.keyward.server.credential;

import dev.keyward.redaction.Secret;
import dev.keyward.redaction.TouchesSecret;
import dev.keyward.server.config.Home;
import dev.keyward.server.config.MasterKeyPlace;
import dev.keyward.server.config.ProgramSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// The place of the master key: reads it there and, where that is a file, changes it.
public final class MasterKeys {
  private static final String SYSTEMD = "CREDENTIALS_DIRECTORY";
  private static final long MOST_BYTES = 1 << 10;

  private final MasterKeyPlace place;
  private final Home home;
  private final Function<String, Optional<String>> environment;
  private final Passphrase terminal;
  private final SecureRandom random;
  private final DurableFile disk;

  /// The place that the settings name.
  ///
  /// @param environment reads environment variables
  /// @param terminal asked for the passphrase of a locked file of which no variable is named
  public MasterKeys(
      MasterKeyPlace place,
      Home home,
      Function<String, Optional<String>> environment,
      Passphrase terminal,
      SecureRandom random) {
    this(place, home, environment, terminal, random, DurableFile.REAL);
  }

  MasterKeys(
      MasterKeyPlace place,
      Home home,
      Function<String, Optional<String>> environment,
      Passphrase terminal,
      SecureRandom random,
      DurableFile disk) {
    this.place = place;
    this.home = home;
    this.environment = environment;
    this.terminal = terminal;
    this.random = random;
    this.disk = disk;
  }

  /// Reads the key; a change of it that a crash broke off is completed or undone first.
  ///
  /// @throws UnusableFile if its file cannot be used, or opens with another passphrase
  /// @throws IllegalArgumentException if it cannot be had from elsewhere; the message names the
  ///   setting
  public MasterKey read() {
    return switch (place) {
      case MasterKeyPlace.InFile in -> {
        Function<Path, MasterKey> read = reader(in);
        change(in.file(), read).settle();
        yield read.apply(in.file());
      }
      case MasterKeyPlace.SystemdCredential(var name) -> handedOver(name);
      case MasterKeyPlace.Printed(var program) -> printed(program);
    };
  }

  /// {@return whether the key is in a file that [#change] can write}
  public boolean changeable() {
    return place instanceof MasterKeyPlace.InFile;
  }

  /// Seals `store` with a new random key, which takes the old one's place in its file.
  ///
  /// @param passphrase locks the new key; empty: it stands in the file as it is
  /// @throws IllegalStateException if the key is not in a file
  /// @throws java.io.UncheckedIOException if the disk fails; the next [#read] completes or undoes
  ///   the change
  public void change(EncryptedFile store, Optional<Secret> passphrase) {
    if (!(place instanceof MasterKeyPlace.InFile in)) {
      throw new IllegalStateException("the master key is in no file");
    }
    MasterKey next = MasterKey.random(random);
    String line =
        passphrase.map(secret -> LockedKey.lock(next, secret, random)).orElseGet(next::line);
    change(in.file(), reader(in)).make(store, next, line);
  }

  /// Seals `store` with a key that its place will hold from now on.
  ///
  /// @param line the new key, as the line of a key file
  /// @throws IllegalArgumentException if it is no key
  @TouchesSecret
  public void changeTo(EncryptedFile store, Secret line) {
    store.rekey(line.use(text -> MasterKey.parse(Path.of("the new key"), text.strip())));
  }

  /// {@return how the key is kept}
  public StoreFinding examine() {
    return switch (place) {
      case MasterKeyPlace.InFile(var file, var variable) when variable.isPresent() ->
          new StoreFinding(
              StoreFinding.Level.WARNING,
              "master key",
              "the passphrase of "
                  + file
                  + " stands in the environment ("
                  + variable.get()
                  + "), which other programs of this user can read");
      case MasterKeyPlace.InFile(var file, var _) ->
          ok("is in " + file + ", which no backup holds; keep a copy elsewhere");
      case MasterKeyPlace.SystemdCredential(var name) -> ok("comes from systemd as " + name);
      case MasterKeyPlace.Printed _ -> ok("comes from a program");
    };
  }

  private static StoreFinding ok(String detail) {
    return new StoreFinding(StoreFinding.Level.OK, "master key", detail);
  }

  private MasterKeyChange change(Path file, Function<Path, MasterKey> read) {
    return new MasterKeyChange(file, home.secrets(), read, disk);
  }

  /// Asks for one passphrase only, whichever of the files it opens.
  private Function<Path, MasterKey> reader(MasterKeyPlace.InFile in) {
    Map<String, Optional<Secret>> asked = new HashMap<>();
    Passphrase once =
        file -> asked.computeIfAbsent("", _ -> passphrase(in.passphraseVariable(), file));
    return file -> MasterKey.read(file, once);
  }

  private Optional<Secret> passphrase(Optional<String> variable, Path file) {
    return variable.isPresent()
        ? environment.apply(variable.get()).filter(text -> !text.isEmpty()).map(Secret::of)
        : terminal.of(file);
  }

  /// Its folder is this unit's only, and what mode the file has there depends on systemd's version.
  private MasterKey handedOver(String name) {
    Path file =
        environment
            .apply(SYSTEMD)
            .map(folder -> Path.of(folder, name))
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "secrets.master_key.systemd_credential: systemd hands nothing over here"
                            + " (no "
                            + SYSTEMD
                            + "); the unit needs LoadCredential= or LoadCredentialEncrypted="));
    try {
      if (!Files.isRegularFile(file) || Files.size(file) > MOST_BYTES) {
        throw new UnusableFile(file, "must be a credential with a key; see LoadCredential=");
      }
      return MasterKey.parse(file, Files.readString(file, StandardCharsets.ISO_8859_1).strip());
    } catch (IOException e) {
      throw new UnusableFile(file, "cannot be read", e);
    }
  }

  @TouchesSecret
  private MasterKey printed(ProgramSettings settings) {
    var program = new ClientProgram(settings, home.folder(), environment);
    Path named = Path.of(settings.run().getFirst());
    try {
      return program.ask().use(text -> MasterKey.parse(named, text));
    } catch (ClientProgram.Failed e) {
      throw new IllegalArgumentException("secrets.master_key.command: " + e.why(), e);
    }
  }
}
