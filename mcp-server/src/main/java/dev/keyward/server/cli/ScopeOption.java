package dev.keyward.server.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What a stop is about; exactly one of these is given.
class ScopeOption {
  @Option(names = "--all", description = "Every call of every agent")
  private boolean all;

  @Option(names = "--agent", paramLabel = "NAME", description = "One agent")
  private @Nullable String agent;

  @Option(names = "--run", paramLabel = "RUN", description = "One run; it ends for good")
  private @Nullable String run;

  @Option(
      names = "--tool",
      paramLabel = "TOOL",
      description = "One tool, or all of a system: crm.*")
  private @Nullable String tool;

  @Option(
      names = "--target",
      paramLabel = "TARGET",
      description = "One system, by name (crm) or origin (https://crm.example.com)")
  private @Nullable String target;

  /// A scope, or the wish to see what is stopped.
  static final class OrList extends ScopeOption {
    @Option(names = "--list", description = "Stop nothing; list what is stopped")
    private boolean list;

    boolean lists() {
      return list;
    }
  }

  Arguments arguments() {
    if (all) {
      return new Arguments().with("kind", "all");
    }
    var arguments = new Arguments();
    arguments.with("agent", agent).with("run", run).with("tool", tool).with("target", target);
    for (var given : arguments.json().properties()) {
      return new Arguments()
          .with("kind", given.getKey())
          .with("name", given.getValue().stringValue());
    }
    return new Arguments().with("kind", "all");
  }
}
