package dev.keyward.approvals.web;

import dev.keyward.approvals.Decision;
import dev.keyward.approvals.Preview;
import dev.keyward.call.PassedHandle;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// Texts of agents and other people on their way onto a page: scrubbed first, and withheld where
/// that is not sure.
final class Scrubbed {
  private static final System.Logger LOG = System.getLogger(Scrubbed.class.getName());
  private static final String WITHHELD = "[withheld: could not be shown to be free of secrets]";

  private static final String WITHHELD_READ =
      "It was read, but could not be shown to be free of secrets.";

  private final UnaryOperator<String> scrub;
  private final ArgumentsJson arguments;
  private final BeforeAfterJson before;

  /// @param scrub takes secrets out of a text, and throws where it is not sure
  Scrubbed(UnaryOperator<String> scrub) {
    this.scrub = scrub;
    this.arguments = new ArgumentsJson(scrub);
    this.before = new BeforeAfterJson(arguments);
  }

  /// {@return every argument; empty if one of them cannot be shown}
  ///
  /// @param before the arguments to compare with
  Optional<List<Argument>> arguments(
      String argumentsJson, List<PassedHandle> handles, Optional<String> before) {
    try {
      return Optional.of(arguments.read(argumentsJson, handles, before));
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "arguments cannot be shown to people", e);
      return Optional.empty();
    }
  }

  /// {@return what `before` had and `argumentsJson` has not; nothing where one cannot be shown}
  List<Argument> gone(String argumentsJson, String before) {
    try {
      return arguments.gone(argumentsJson, before);
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "earlier arguments cannot be shown to people", e);
      return List.of();
    }
  }

  /// {@return how things are before a call with these arguments; that they are withheld where one
  /// of them cannot be shown}
  BeforeAfter before(Preview preview, String argumentsJson) {
    try {
      return before.of(preview, argumentsJson);
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "what was read cannot be shown to people", e);
      return new BeforeAfter(
          preview.tool().value(), preview.at().toString(), WITHHELD_READ, List.of());
    }
  }

  /// {@return the text without secrets; empty if that is not sure}
  Optional<String> text(String text) {
    try {
      return Optional.of(scrub.apply(text));
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "a text cannot be shown to people", e);
      return Optional.empty();
    }
  }

  /// {@return the text without secrets, or words that say it is withheld}
  String words(String text) {
    return text(text).orElse(WITHHELD);
  }

  /// {@return the same, in pieces}
  List<Piece> pieces(String text) {
    return Piece.of(words(text));
  }

  /// {@return what a person has typed into a field, line breaks as `\n`; empty if it is not there
  /// once, or is longer than a reason may be}
  Optional<String> typed(Form form, String field) {
    return form.one(field)
        .map(text -> words(text.replace("\r\n", "\n").strip()))
        .filter(text -> text.length() <= Decision.MAX_REASON);
  }
}
