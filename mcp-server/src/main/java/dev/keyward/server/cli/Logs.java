package dev.keyward.server.cli;

import dev.keyward.redaction.KnownSecrets;
import dev.keyward.redaction.Redactor;
import dev.keyward.redaction.rules.Rules;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.logging.ConsoleHandler;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;

/// Where log lines go: standard error, one line each, through the redactor; only a fault of the
/// broker's has a trace.
///
/// Libraries speak from WARNING on: some print whole messages below that.
final class Logs {
  private static final Logger ROOT = Logger.getLogger("");
  private static final Logger OURS = Logger.getLogger("dev.keyward");
  private static final Logger SDK = Logger.getLogger("io.modelcontextprotocol");
  private static final Logger DATABASE_TLS = Logger.getLogger("org.postgresql.ssl");

  private Logs() {}

  /// For commands: faults only; what is wrong with the catalog is the doctor's to say.
  static void quiet() {
    set(Level.SEVERE);
  }

  /// For the daemon: what an operator wants to read later.
  static void normal() {
    set(Level.INFO);
  }

  /// From now on lines go through `scrubbed`, which knows what the broker holds.
  static void through(UnaryOperator<String> scrubbed) {
    for (Handler handler : ROOT.getHandlers()) {
      handler.setFormatter(new LogLine(scrubbed));
    }
  }

  /// Before a broker is open there are only rules to go by.
  private static String guessed(String line) {
    return new Redactor(Logs::none, Rules::standard).scrub(line).text();
  }

  /// Java would print the message, and messages may quote.
  private static void broke(Thread thread, Throwable why) {
    OURS.log(Level.SEVERE, "a thread broke: " + thread.getName(), why);
  }

  private static KnownSecrets none() {
    return KnownSecrets.of(List.of());
  }

  private static void set(Level ours) {
    for (Handler handler : ROOT.getHandlers()) {
      ROOT.removeHandler(handler);
    }
    var handler = new ConsoleHandler();
    handler.setLevel(Level.ALL);
    handler.setFormatter(new LogLine(Logs::guessed));
    ROOT.addHandler(handler);
    ROOT.setLevel(Level.WARNING);
    OURS.setLevel(ours);
    SDK.setLevel(Level.SEVERE); // it warns of every client that leaves without a word
    DATABASE_TLS.setLevel(Level.OFF); // what it says it also throws, and then we say it
    Thread.setDefaultUncaughtExceptionHandler(Logs::broke);
  }
}
