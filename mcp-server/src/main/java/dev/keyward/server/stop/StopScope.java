package dev.keyward.server.stop;

import dev.keyward.call.AgentId;
import dev.keyward.call.Caller;
import dev.keyward.call.RunId;
import dev.keyward.call.ToolName;
import dev.keyward.call.ToolPattern;
import dev.keyward.catalog.Target;
import dev.keyward.catalog.Tool;
import java.util.Locale;

/// What a stop is about.
public sealed interface StopScope {
  /// Every call of every agent.
  record All() implements StopScope {}

  /// One agent, whatever key or token it shows.
  record OfAgent(AgentId agent) implements StopScope {}

  /// One run, and what was opened in it. Where people stop it, it ends, and nothing is left to
  /// resume; where the broker pauses it, it waits to be resumed.
  record OfRun(RunId run) implements StopScope {}

  /// One tool, or all tools of a system.
  record OfTool(ToolPattern tool) implements StopScope {}

  /// One system behind the broker, by its name in the catalog or by its origin.
  ///
  /// @param target for example `crm` or `https://crm.example.com`
  record OfTarget(String target) implements StopScope {
    private static final int MOST = 200;

    /// Checks the shape.
    ///
    /// @throws IllegalArgumentException if it is empty, long, or holds what no name or origin does
    public OfTarget {
      target = target.toLowerCase(Locale.ROOT);
      boolean printable = target.chars().allMatch(c -> c > ' ' && c < 127);
      if (target.isEmpty() || target.length() > MOST || !printable) {
        throw new IllegalArgumentException(
            "target must be a system's name (crm) or an origin (https://crm.example.com)");
      }
    }
  }

  /// {@return the scope of these two words}
  ///
  /// @param kind as [#kind] says it
  /// @throws IllegalArgumentException if there is no such kind, or the name is none of it
  static StopScope of(String kind, String name) {
    return switch (kind) {
      case "all" -> new All();
      case "agent" -> new OfAgent(new AgentId(name));
      case "run" -> new OfRun(new RunId(name));
      case "tool" -> new OfTool(new ToolPattern(name));
      case "target" -> new OfTarget(name);
      default -> throw new IllegalArgumentException("a stop is of all, agent, run, tool or target");
    };
  }

  /// {@return the word for it in the database, the record and the commands}
  default String kind() {
    return switch (this) {
      case All() -> "all";
      case OfAgent _ -> "agent";
      case OfRun _ -> "run";
      case OfTool _ -> "tool";
      case OfTarget _ -> "target";
    };
  }

  /// {@return the name of what is stopped; empty for everything}
  default String name() {
    return switch (this) {
      case All() -> "";
      case OfAgent(var agent) -> agent.value();
      case OfRun(var run) -> run.value();
      case OfTool(var tool) -> tool.value();
      case OfTarget(var target) -> target;
    };
  }

  /// {@return what to call it in a sentence for the agent}
  default String words() {
    return switch (this) {
      case All() -> "all calls";
      case OfAgent _ -> "this agent";
      case OfRun _ -> "this run";
      case OfTool _ -> "this tool";
      case OfTarget _ -> "calls to this system";
    };
  }

  /// {@return whether it stops whatever this agent calls}
  default boolean coversAgent(AgentId agent) {
    return this instanceof All || (this instanceof OfAgent(var stopped) && stopped.equals(agent));
  }

  /// {@return whether it stops whoever calls this tool}
  default boolean coversTool(Tool called) {
    return switch (this) {
      case All() -> true;
      case OfTool(var tool) -> tool.names(called.name());
      case OfTarget(var target) -> covers(target, called.target());
      case OfAgent _, OfRun _ -> false;
    };
  }

  private static boolean covers(String target, Target of) {
    return target.equals(of.system()) || target.equals(of.origin().toString());
  }

  /// {@return whether it stops whatever `caller` calls}
  default boolean covers(Caller caller) {
    return switch (this) {
      case All() -> true;
      case OfAgent(var agent) -> agent.equals(caller.agent());
      case OfRun(var run) -> run.equals(caller.run());
      case OfTool _, OfTarget _ -> false;
    };
  }

  /// {@return whether it stops `caller`'s calls of this tool}
  default boolean covers(Caller caller, ToolName called, String system, String origin) {
    return switch (this) {
      case OfTool(var tool) -> tool.names(called);
      case OfTarget(var target) -> target.equals(system) || target.equals(origin);
      case All _, OfAgent _, OfRun _ -> covers(caller);
    };
  }

  /// {@return whether it stops `caller`'s calls of this tool}
  default boolean covers(Caller caller, ToolName called, Target target) {
    return covers(caller, called, target.system(), target.origin().toString());
  }
}
