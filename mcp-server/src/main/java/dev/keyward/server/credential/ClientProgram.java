package dev.keyward.server.credential;

import dev.keyward.redaction.Secret;
import dev.keyward.server.config.ProgramSettings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/// Another store's own client, which prints one secret to standard output: `op read …`, `pass show
/// …`.
///
/// It is started as the settings write it, with no shell between, so that nothing is expanded and
/// nothing from outside can become a part of it. It sees `PATH`, `HOME` and the variables that it
/// was given by name, no others; reads nothing; and what it says on standard error is thrown away,
/// since that may hold secrets. Safe for all threads.
public final class ClientProgram {
  private static final int MOST_BYTES = 64 << 10;
  private static final List<String> ALWAYS = List.of("PATH", "HOME");

  private final ProgramSettings settings;
  private final Path folder;
  private final Function<String, Optional<String>> environment;

  /// The program gave no secret.
  @SuppressWarnings("serial") // never serialized
  public static final class Failed extends Exception {
    private final String why;

    private Failed(String why) {
      super(why, null, false, false);
      this.why = why;
    }

    /// {@return why, as the end of a sentence; nothing of what the program said}
    public String why() {
      return why;
    }
  }

  /// A program that is started each time it is asked.
  ///
  /// @param settings what is run and how
  /// @param folder where it runs
  /// @param environment reads the variables
  public ClientProgram(
      ProgramSettings settings, Path folder, Function<String, Optional<String>> environment) {
    this.settings = settings;
    this.folder = folder;
    this.environment = environment;
  }

  /// Runs the program.
  ///
  /// @return what it printed, without the newline at its end
  /// @throws Failed if it cannot be started, does not end in time, ends with another code than 0,
  ///   or prints nothing, too much or no text
  public Secret ask() throws Failed {
    Process process = started();
    try {
      return text(output(process));
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private Process started() throws Failed {
    var builder = new ProcessBuilder(settings.run()).directory(folder.toFile());
    builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    Map<String, String> seen = builder.environment();
    seen.clear();
    ALWAYS.forEach(name -> environment.apply(name).ifPresent(value -> seen.put(name, value)));
    settings
        .variables()
        .forEach(name -> environment.apply(name).ifPresent(value -> seen.put(name, value)));
    try {
      return builder.start();
    } catch (IOException e) {
      throw new Failed("the program cannot be started; is it installed and in PATH?");
    }
  }

  private byte[] output(Process process) throws Failed {
    var output = new CompletableFuture<byte[]>();
    Thread.ofPlatform().daemon().name("client-program").start(() -> read(process, output));
    long end = System.nanoTime() + settings.timeout().toNanos();
    try {
      byte[] printed = output.get(settings.timeout().toNanos(), TimeUnit.NANOSECONDS);
      if (printed.length > MOST_BYTES) {
        throw new Failed("the program prints more than 64 KiB");
      }
      if (!process.waitFor(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        throw new Failed(late());
      }
      if (process.exitValue() != 0) {
        throw new Failed("the program ends with exit code " + process.exitValue());
      }
      return printed;
    } catch (TimeoutException e) {
      throw new Failed(late());
    } catch (ExecutionException e) {
      throw new Failed("the program's output broke off");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failed("the broker stopped waiting for the program");
    }
  }

  private String late() {
    return "the program does not end within " + settings.timeout().toSeconds() + " s";
  }

  private static void read(Process process, CompletableFuture<byte[]> output) {
    try (InputStream in = process.getInputStream()) {
      output.complete(in.readNBytes(MOST_BYTES + 1));
    } catch (IOException e) {
      output.completeExceptionally(e);
    }
  }

  private static Secret text(byte[] printed) throws Failed {
    String text = new String(printed, StandardCharsets.UTF_8).replaceFirst("\\r?\\n\\z", "");
    if (text.isBlank() || text.indexOf('\uFFFD') >= 0) {
      throw new Failed("the program prints no text");
    }
    return Secret.of(text);
  }
}
