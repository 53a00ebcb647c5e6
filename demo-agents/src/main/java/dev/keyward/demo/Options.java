package dev.keyward.demo;

import dev.keyward.demo.llm.LlmSettings;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/// What the command line asks for.
///
/// @param pause whether to wait, after the stories, for a person to decide on the page
/// @param llm the task of a language model that is to work instead of the stories
/// @param transcript where to write down what the model does
/// @param help whether only to say what there is
record Options(boolean pause, Optional<String> llm, Optional<Path> transcript, boolean help) {
  static final String HELP =
      """
      Usage: keyward demo [--pause] [--help]
             keyward demo --llm [TASK] [--transcript FILE]

      Runs a broker, two stand-in companies (a CRM and a payments API) and three agents in one
      process on loopback, tells what each agent saw beside what the companies saw, and checks
      every claim. Everything is made for this run and removed afterwards.

        --pause   then waits for you: one more refund is asked for, and you decide on the page
        --llm     lets a language model work as the agent instead, on TASK or one of ours; you
                  decide on the page, by links that are printed
        --transcript FILE   writes all that the model said and did to a new file
        --help    shows this

      The model is behind any OpenAI-compatible chat-completions endpoint and must know tools:

        %s     the API's base, for example http://127.0.0.1:11434/v1
        %s   the model's name there
        %s     the endpoint's key, if it wants one; never shown, and sent nowhere else

      Where they are set, plain `keyward demo` lets the model work too, after the stories; the
      demo's own people decide then.

      Colours appear on a terminal; NO_COLOR=1 turns them off.

      Exit codes: 0 every claim held; 1 one did not, or the demo could not run; 2 wrong usage.
      """
          .formatted(LlmSettings.URL, LlmSettings.MODEL, LlmSettings.KEY);

  /// Reads the command line.
  ///
  /// @throws IllegalArgumentException with a line for the user if it makes no sense
  static Options parse(List<String> arguments) {
    Deque<String> rest = new ArrayDeque<>(arguments);
    boolean pause = false;
    boolean help = false;
    Optional<String> llm = Optional.empty();
    Optional<Path> transcript = Optional.empty();
    while (!rest.isEmpty()) {
      switch (rest.pop()) {
        case "--pause" -> pause = true;
        case "--help", "-h" -> help = true;
        case "--llm" -> llm = Optional.of(value(rest).orElse(LlmStory.TASK));
        case "--transcript" ->
            transcript =
                Optional.of(Path.of(value(rest).orElseThrow(() -> wrong("--transcript FILE"))));
        default -> throw wrong("unknown option");
      }
    }
    if (pause && llm.isPresent()) {
      throw wrong("--pause and --llm do not go together");
    }
    if (transcript.isPresent() && llm.isEmpty()) {
      throw wrong("--transcript goes with --llm");
    }
    return new Options(pause, llm, transcript, help);
  }

  private static Optional<String> value(Deque<String> rest) {
    boolean there = !rest.isEmpty() && !rest.peek().startsWith("-") && !rest.peek().isBlank();
    return there ? Optional.of(rest.pop()) : Optional.empty();
  }

  private static IllegalArgumentException wrong(String what) {
    return new IllegalArgumentException(what + "; see keyward demo --help");
  }
}
