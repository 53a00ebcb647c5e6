package dev.keyward.store;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.flywaydb.core.api.logging.Log;
import org.flywaydb.core.api.logging.LogCreator;

/// Sends what the migration library says to the log, its chatter as debug; never to standard
/// output.
///
/// Public for that library, which makes it by name.
public final class FlywayLog implements LogCreator {
  /// For the library.
  public FlywayLog() {}

  @Override
  public Log createLogger(Class<?> source) {
    return new ToSystemLogger(System.getLogger(source.getName()));
  }

  private record ToSystemLogger(Logger logger) implements Log {
    @Override
    public void debug(String message) {
      logger.log(Level.TRACE, message);
    }

    @Override
    public void info(String message) {
      logger.log(Level.DEBUG, message);
    }

    @Override
    public void notice(String message) {
      logger.log(Level.DEBUG, message);
    }

    @Override
    public void warn(String message) {
      logger.log(Level.WARNING, message);
    }

    @Override
    public void error(String message) {
      logger.log(Level.ERROR, message);
    }

    @Override
    public void error(String message, Exception cause) {
      logger.log(Level.ERROR, message, cause);
    }
  }
}
