package dev.keyward.server.cli;

import java.time.temporal.ChronoUnit;
import java.util.function.UnaryOperator;
import java.util.logging.Formatter;
import java.util.logging.LogRecord;

/// How a log line is written: on one line, and through the redactor, whoever says it. Libraries may
/// print what they send and get.
///
/// Of an exception only the classes are named and the broker's own frames; messages may quote.
public final class LogLine extends Formatter {
  private static final String WITHHELD = "[withheld]";

  private final UnaryOperator<String> scrubbed;

  /// Writes lines that have been through `scrubbed`.
  public LogLine(UnaryOperator<String> scrubbed) {
    this.scrubbed = scrubbed;
  }

  @Override
  public String format(LogRecord line) {
    String time = line.getInstant().truncatedTo(ChronoUnit.MILLIS).toString();
    String from = String.valueOf(line.getLoggerName()).replaceAll(".*\\.", "");
    String text = clean(formatMessage(line)).replaceAll("\\p{Cntrl}", "?");
    return time + " " + line.getLevel() + " " + from + ": " + text + trace(line) + "\n";
  }

  private String clean(String text) {
    try {
      return scrubbed.apply(text);
    } catch (RuntimeException uncertain) {
      return WITHHELD;
    }
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
