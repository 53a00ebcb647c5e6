package dev.keyward.approvals.web;

import java.util.Optional;

/// The form with which an administrator stops something or lets it go on, its fields parsed.
///
/// @param stop whether to stop; else it is to go on
/// @param why at most 200 characters; empty where the form has none
/// @param sure whether the person has said that they mean it
record StopForm(boolean stop, String kind, String name, String why, boolean sure) {
  private static final int MOST_WHY = 200;

  /// {@return the fields, or empty if one is missing, is there twice or has another shape}
  static Optional<StopForm> of(Form form) {
    Optional<Boolean> stop = form.one("action").flatMap(StopForm::stops);
    Optional<String[]> what = form.one("what").map(text -> text.strip().split(" ", 2));
    String why = form.one("why").orElse("");
    if (stop.isEmpty() || what.isEmpty() || why.length() > MOST_WHY) {
      return Optional.empty();
    }
    String[] parts = what.get();
    String name = parts.length == 2 ? parts[1].strip() : form.one("name").orElse("").strip();
    boolean sure = form.one("sure").filter("yes"::equals).isPresent();
    return Optional.of(new StopForm(stop.get(), parts[0], name, why, sure));
  }

  private static Optional<Boolean> stops(String word) {
    return switch (word) {
      case "stop" -> Optional.of(true);
      case "resume" -> Optional.of(false);
      default -> Optional.empty();
    };
  }
}
