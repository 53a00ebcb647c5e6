package dev.keyward.server;

import java.util.Locale;

/// What a process opens the home folder for.
public enum Mode {
  /// The daemon, with both listeners.
  SERVE,
  /// One MCP client on standard input and output, and the people's listener.
  STDIO,
  /// One command of the operator's; no listeners.
  COMMAND;

  /// {@return the word in the audit and in the lock file}
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
