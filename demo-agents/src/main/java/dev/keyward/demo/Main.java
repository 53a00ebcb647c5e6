package dev.keyward.demo;

import dev.keyward.demo.llm.LlmSettings;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.logging.FileHandler;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/// The launcher's `demo`. Exit codes: 0 every claim held, 1 one did not or the demo could not run,
/// 2 wrong usage.
public final class Main {
  private static final int GOOD = 0;
  private static final int BAD = 1;
  private static final int USAGE = 2;

  private Main() {}

  /// Runs the demo and exits.
  public static void main(String[] arguments) {
    var out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    System.exit(run(List.of(arguments), out));
  }

  private static int run(List<String> arguments, PrintStream out) {
    Options options;
    List<Programme> programmes;
    try {
      options = Options.parse(arguments);
      programmes = programmes(options, LlmSettings.of(System.getenv()));
    } catch (IllegalArgumentException wrong) {
      System.err.println("keyward demo: " + wrong.getMessage());
      return USAGE;
    }
    if (options.help()) {
      out.print(Options.HELP);
      return GOOD;
    }
    long start = System.nanoTime();
    var claims = new Claims();
    for (Programme programme : programmes) {
      try (DemoFolder folder = DemoFolder.create()) {
        run(folder, programme, out).all().forEach(claims::add);
      } catch (IOException broken) {
        System.err.println("keyward demo: it cannot run: " + broken.getMessage());
        return BAD;
      }
    }
    var screen = new Screen(out, colours(), text -> text);
    if (programmes.stream().noneMatch(Programme.Model.class::isInstance)) {
      screen.heading(
          "A language model at work: skipped, since " + LlmSettings.URL + " names no endpoint");
    }
    sumUp(claims, screen, Duration.ofNanos(System.nanoTime() - start));
    return claims.allHeld() ? GOOD : BAD;
  }

  /// What to tell, one after the other, each with a broker of its own.
  ///
  /// @throws IllegalArgumentException if a model is asked for and none is named
  private static List<Programme> programmes(Options options, Optional<LlmSettings> llm) {
    if (options.help()) {
      return List.of();
    }
    if (options.llm().isPresent()) {
      LlmSettings settings =
          llm.orElseThrow(
              () ->
                  new IllegalArgumentException(
                      "--llm needs an endpoint, named by " + LlmSettings.URL));
      return List.of(
          new Programme.Model(settings, options.llm().get(), true, options.transcript()));
    }
    List<Programme> programmes = new ArrayList<>();
    programmes.add(new Programme.Stories(options.pause()));
    llm.ifPresent(
        settings ->
            programmes.add(new Programme.Model(settings, LlmStory.TASK, false, Optional.empty())));
    return programmes;
  }

  private static Claims run(DemoFolder folder, Programme programme, PrintStream out)
      throws IOException {
    Handler log = logTo(folder);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(folder))); // Ctrl-C
    boolean colours = colours();
    var demo =
        new Demo(
            DemoBroker::start,
            InstantSource.system(),
            new SecureRandom(),
            canary -> new Screen(out, colours, canary::mask));
    try {
      return demo.run(folder, programme);
    } finally {
      log.close();
    }
  }

  /// The broker may still be writing when somebody ends the demo by Ctrl-C.
  private static void remove(DemoFolder folder) {
    try {
      folder.close();
    } catch (UncheckedIOException inUse) {
      System.err.println("keyward demo: could not remove " + folder.path());
    }
  }

  private static void sumUp(Claims claims, Screen screen, Duration took) {
    int all = claims.all().size();
    int held = all - claims.broken().size();
    screen.heading("Summary");
    claims.stories().forEach((story, part) -> screen.text("%-10s  %s".formatted(part.tally(), story)));
    claims.broken().forEach(screen::claim);
    screen.verdict(
        claims.allHeld(),
        String.format(
            Locale.ROOT, "%d of %d claims held, in %.1f s.", held, all, took.toMillis() / 1000.0));
  }

  /// The broker's log goes to a file beside its home, where it is searched for keys like the rest.
  private static Handler logTo(DemoFolder folder) throws IOException {
    Logger root = Logger.getLogger("");
    for (Handler handler : root.getHandlers()) {
      root.removeHandler(handler);
    }
    var file = new FileHandler(folder.path().resolve("demo.log").toString());
    file.setFormatter(new SimpleFormatter());
    root.addHandler(file);
    root.setLevel(Level.INFO);
    return file;
  }

  private static boolean colours() {
    return Paint.wanted(terminal(), System.getenv());
  }

  private static boolean terminal() {
    return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
  }
}
