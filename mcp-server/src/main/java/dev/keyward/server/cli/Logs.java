package dev.keyward.server.cli;

import java.time.temporal.ChronoUnit;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/// Where log lines go: standard error, one line each; only a fault of the broker's has a trace.
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

  private static void set(Level ours) {
    for (Handler handler : ROOT.getHandlers()) {
      ROOT.removeHandler(handler);
    }
    var handler = new ConsoleHandler();
    handler.setLevel(Level.ALL);
    handler.setFormatter(new OneLine());
    ROOT.addHandler(handler);
    ROOT.setLevel(Level.WARNING);
    OURS.setLevel(ours);
    SDK.setLevel(Level.SEVERE); // it warns of every client that leaves without a word
    DATABASE_TLS.setLevel(Level.OFF); // what it says it also throws, and then we say it
  }

  private static final class OneLine extends Formatter {
    @Override
    public String format(LogRecord line) {
      String time = line.getInstant().truncatedTo(ChronoUnit.MILLIS).toString();
      String from = String.valueOf(line.getLoggerName()).replaceAll(".*\\.", "");
      String text = formatMessage(line).replaceAll("\\p{Cntrl}", "?");
      return time + " " + line.getLevel() + " " + from + ": " + text + trace(line) + "\n";
    }

    private static String trace(LogRecord line) {
      Throwable thrown = line.getThrown();
      if (thrown == null) {
        return "";
      }
      var trace = new StringBuilder();
      for (Throwable at = thrown; at != null; at = at.getCause()) {
        trace.append("\n    ").append(at.getClass().getName());
        for (StackTraceElement frame : at.getStackTrace()) {
          if (frame.getClassName().startsWith("dev.keyward")) {
            trace.append("\n      at ").append(frame);
          }
        }
      }
      return trace.toString();
    }
  }
}
