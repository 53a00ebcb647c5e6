package dev.keyward.server.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/// Of which requests somebody is a reviewer; what is not given narrows nothing.
final class ReviewOptions {
  @Option(
      names = "--tool",
      paramLabel = "PATTERN",
      description = "Reviews these tools only: crm.read_ticket, or crm.*; may be given again")
  private List<String> tools = new ArrayList<>();

  @Option(
      names = "--system",
      paramLabel = "NAME",
      description = "Reviews calls to this system only; may be given again")
  private List<String> systems = new ArrayList<>();

  @Option(
      names = "--workspace",
      paramLabel = "NAME",
      description = "Reviews calls of agents of this workspace only; may be given again")
  private List<String> workspaces = new ArrayList<>();

  Arguments in(Arguments arguments) {
    return arguments.with("tools", tools).with("systems", systems).with("workspaces", workspaces);
  }
}
