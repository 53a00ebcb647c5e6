package dev.keyward.server.cli;

import dev.keyward.server.control.OperatorError;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/// `demo`: the launcher starts the demo's own program; this class gives it a place in the help.
@Command(
    name = "demo",
    description =
        "Shows all of it: two stand-in companies, four agents, an attack (--pause waits for you),"
            + " or a language model at work (--llm)")
final class DemoCommand implements Runnable {
  @Unmatched private String[] rest = {};

  @Override
  public void run() {
    throw new OperatorError(
        "the demo is started by the launcher: ./keyward demo " + String.join(" ", rest));
  }
}
