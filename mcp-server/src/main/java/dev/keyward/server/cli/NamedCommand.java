package dev.keyward.server.cli;

import picocli.CommandLine.Parameters;

/// A command on one thing of the home folder, by its name.
abstract class NamedCommand extends HomeCommand {
  @Parameters(paramLabel = "NAME")
  String name = "";

  /// {@return the arguments that name it}
  final Arguments named() {
    return new Arguments().with("name", name);
  }
}
