package dev.keyward.demo;

import java.util.List;

/// What the command line asks for.
///
/// @param pause whether to wait, after the stories, for a person to decide on the page
/// @param help whether only to say what there is
record Options(boolean pause, boolean help) {
  static final String HELP =
      """
      Usage: keyward demo [--pause] [--help]

      Runs a broker, two stand-in companies (a CRM and a payments API) and three agents in one
      process on loopback, tells what each agent saw beside what the companies saw, and checks
      every claim. Everything is made for this run and removed afterwards.

        --pause   then waits for you: one more refund is asked for, and you decide on the page
        --help    shows this

      Colours appear on a terminal; NO_COLOR=1 turns them off.

      Exit codes: 0 every claim held; 1 one did not, or the demo could not run; 2 wrong usage.
      """;

  /// Reads the command line.
  ///
  /// @throws IllegalArgumentException with a line for the user if it makes no sense
  static Options parse(List<String> arguments) {
    for (String argument : arguments) {
      if (!List.of("--pause", "--help", "-h").contains(argument)) {
        throw new IllegalArgumentException("keyward demo: unknown option; see keyward demo --help");
      }
    }
    return new Options(
        arguments.contains("--pause"), arguments.contains("--help") || arguments.contains("-h"));
  }
}
