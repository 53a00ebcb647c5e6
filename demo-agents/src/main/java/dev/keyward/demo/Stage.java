package dev.keyward.demo;

import dev.keyward.demo.company.JournalEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// Where a story is told: every step is done, and shown beside what the companies saw of it.
final class Stage {
  private static final int WAITING_LINES = 4; // enough for whom it waits, and until when
  private static final int ANSWER_LINES = 7;
  private static final int PART_LINES = 15;

  private final Companies companies;
  private final Screen screen;
  private final Claims claims;
  private final String story;
  private Companies.Mark shown;

  private Stage(Companies companies, Screen screen, Claims claims, String story) {
    this.companies = companies;
    this.screen = screen;
    this.claims = claims;
    this.story = story;
    this.shown = companies.mark();
  }

  /// Begins a story.
  static Stage open(
      Companies companies, Screen screen, Claims claims, String title, String introduction) {
    screen.title(title, introduction);
    return new Stage(companies, screen, claims, title);
  }

  Companies companies() {
    return companies;
  }

  /// Lets the agent call a tool, and shows it.
  ///
  /// @param pointers which parts of the answer to show, as JSON Pointers; none shows all of it
  Seen call(Agent agent, String tool, Map<String, Object> arguments, String... pointers) {
    Seen seen = agent.call(tool, arguments);
    screen.step(
        List.of(written(tool, arguments)),
        answers(seen, pointers),
        lines(seen, pointers),
        reached());
    return seen;
  }

  /// Likewise, with a remark on what the agent is up to.
  Seen callTo(
      String remark, Agent agent, String tool, Map<String, Object> arguments, String... pointers) {
    Seen seen = agent.call(tool, arguments);
    screen.step(
        List.of(remark, written(tool, arguments)),
        answers(seen, pointers),
        lines(seen, pointers),
        reached());
    return seen;
  }

  /// Likewise, showing of the answer only its word.
  Seen tryTo(Agent agent, String tool, Map<String, Object> arguments) {
    Seen seen = agent.call(tool, arguments);
    screen.step(List.of(written(tool, arguments)), List.of(seen.outcome()), 1, reached());
    return seen;
  }

  /// Shows a call that was made already.
  ///
  /// @param action how it was written
  /// @param answer what came back
  void show(String action, String answer) {
    screen.step(List.of(action), List.of(answer), ANSWER_LINES, reached());
  }

  /// Does something else, and shows it with what it gave.
  <T> T act(String action, Supplier<T> deed) {
    T result = deed.get();
    screen.step(List.of(action), List.of(String.valueOf(result)), ANSWER_LINES, reached());
    return result;
  }

  /// Lets a person do something on the page.
  ///
  /// @param deed returns whether the page recorded it
  boolean person(String action, Supplier<Boolean> deed) {
    boolean recorded = deed.get();
    String answer = recorded ? "recorded" : "not accepted by the page";
    screen.step(List.of(action), List.of(answer), 1, reached());
    return recorded;
  }

  /// Claims that something is so, and shows whether it is.
  ///
  /// @param got what is so instead, in words, without any value
  void claim(boolean held, String sentence, String got) {
    var claim = new Claim(story, sentence, held, held ? "" : got);
    claims.add(claim);
    screen.claim(claim);
  }

  /// What both companies saw since the last step; it also moves the mark.
  private List<String> reached() {
    var lines = new ArrayList<String>();
    companies.crmSince(shown).forEach(entry -> lines.addAll(lines("crm", entry)));
    companies.paymentsSince(shown).forEach(entry -> lines.addAll(lines("payments", entry)));
    shown = companies.mark();
    return lines.isEmpty() ? List.of("(nothing)") : lines;
  }

  private static List<String> lines(String company, JournalEntry entry) {
    return List.of(
        entry.method() + " " + entry.path() + " → " + entry.status(),
        "  " + company + ", key " + entry.key());
  }

  private static String written(String tool, Map<String, Object> arguments) {
    return tool + " " + SeenJson.line(arguments);
  }

  private static int lines(Seen seen, String... pointers) {
    if (seen.refused("pending")) {
      return WAITING_LINES;
    }
    return seen.error() || pointers.length == 0 ? ANSWER_LINES : PART_LINES;
  }

  private static List<String> answers(Seen seen, String... pointers) {
    if (seen.error()) {
      return List.of(seen.outcome() + ": " + seen.text());
    }
    var answers = new ArrayList<String>();
    for (String pointer : pointers) {
      var value = seen.json().at(pointer);
      if (!value.isMissingNode()) {
        answers.add(pointer.substring(1) + ": " + value.asString(value.toString()));
      }
    }
    return answers.isEmpty() ? List.of(seen.text()) : answers;
  }
}
