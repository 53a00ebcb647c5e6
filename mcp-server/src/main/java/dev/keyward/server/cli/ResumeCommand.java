package dev.keyward.server.cli;

import dev.keyward.server.CannotStart;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;

/// `resume`: lifts one stop.
@Command(
    name = "resume",
    mixinStandardHelpOptions = true,
    description = {
      "Lifts a stop, named as it was ordered; every other stop stays.",
      "Runs that ended and requests that were closed stay so: agents begin anew."
    })
final class ResumeCommand extends HomeCommand {
  @ArgGroup(multiplicity = "1")
  private ScopeOption scope = new ScopeOption();

  @Override
  public Integer call() throws CannotStart {
    output.print(home.operate("resume", scope.arguments().json()), "");
    return 0;
  }
}
