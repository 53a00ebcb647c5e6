package dev.keyward.server.config;

import java.time.Duration;
import java.util.List;

/// Another store's own client, as the settings start it.
///
/// @param run the program and its arguments, passed on as they are
/// @param variables names of the environment variables that it sees beside `PATH` and `HOME`
/// @param timeout for one run
public record ProgramSettings(List<String> run, List<String> variables, Duration timeout) {
  /// Copies the lists.
  public ProgramSettings {
    run = List.copyOf(run);
    variables = List.copyOf(variables);
  }
}
