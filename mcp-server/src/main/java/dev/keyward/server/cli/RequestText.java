package dev.keyward.server.cli;

import dev.keyward.server.terminal.ShownRequest;
import java.io.PrintStream;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// Prints a request for a person to read: every field of the document that a decision is bound to,
/// each line of an agent's behind a bar, and none longer than a terminal is wide, so that none
/// looks like one of ours.
final class RequestText {
  private static final Set<String> APART = Set.of("v", "arguments", "gone", "said", "before");
  private static final String BAR = "  │ ";
  private static final String GOES_ON = "  ┆ ";
  private static final int WIDTH = 70;
  private static final int COLUMN = 16;

  private final PrintStream out;

  RequestText(PrintStream out) {
    this.out = out;
  }

  void print(ShownRequest shown) {
    JsonNode json = shown.json();
    json.path("notices").forEach(notice -> out.println(Output.visible(notice.asString(""))));
    shown
        .document()
        .properties()
        .forEach(
            field -> {
              if (!APART.contains(field.getKey())) {
                fact(field.getKey(), field.getValue().asString(""));
              }
            });
    fact("expires", json.path("expires").asString(""));
    fact("needs", json.path("kind").asString("") + "; " + json.path("agreed").asString(""));
    fact("reach", json.path("reach").asString(""));
    fact("delegation", json.path("claim").asString(""));
    if (shown.document().has("before")) {
      before(shown.document().path("before"));
    }
    arguments("What will be sent", shown.document().path("arguments"));
    if (!shown.document().path("gone").isEmpty()) {
      arguments("Was there before, and is not now", shown.document().path("gone"));
    }
    said(shown.document().path("said"));
    for (JsonNode answer : json.path("decisions")) {
      fact(
          answer.path("verdict").asString(""),
          "by "
              + answer.path("person").asString("")
              + ", "
              + answer.path("at").asString("")
              + " "
              + answer.path("reason").asString(""));
    }
    out.println();
    out.println("view " + shown.view());
    out.println("page " + Output.visible(json.path("page").asString("")));
  }

  private void before(JsonNode before) {
    out.println();
    String tool = Output.visible(before.path("tool").asString(""));
    String problem = before.path("problem").asString("");
    out.println(
        problem.isEmpty()
            ? "How it is now, as %s read it at %s:"
                .formatted(tool, Output.visible(before.path("read_at").asString("")))
            : "How it is now, " + tool + " would tell. " + Output.visible(problem));
    for (JsonNode field : before.path("fields")) {
      out.println();
      quoted("", field.path("name").asString(""));
      quoted("  ", field.path("note").asString(""));
      quoted("  ", field.path("now").asString(""));
      if (field.has("then")) {
        out.println("    would become, by " + argument(field, "argument") + ":");
        quoted("  ", field.path("then").asString(""));
      } else if (field.has("same")) {
        out.println("    would stay as it is: " + argument(field, "same") + " is the same");
      } else if (field.has("left_out")) {
        out.println("    " + argument(field, "left_out") + " is left out");
      }
    }
  }

  private static String argument(JsonNode field, String name) {
    return Output.visible(field.path(name).asString(""));
  }

  private void arguments(String title, JsonNode arguments) {
    out.println();
    out.println(title + ": " + arguments.size() + " arguments, complete");
    for (JsonNode argument : arguments) {
      out.println();
      quoted(
          "", argument.path("name").asString("") + " (" + argument.path("type").asString("") + ")");
      quoted("  ", argument.path("value").asString(""));
      if (argument.has("was")) {
        out.println("    changed; it was:");
        quoted("  ", argument.path("was").asString(""));
      } else if (argument.path("new").asBoolean(false)) {
        out.println("    new: it was not there before");
      }
      argument.path("handles").forEach(handle -> quoted("  ", handle.asString("")));
    }
  }

  private void said(JsonNode said) {
    if (!said.isEmpty()) {
      out.println();
      out.println("What the agent's side says, which nobody has checked:");
      quoted("", "run: " + said.path("purpose").asString(""));
      quoted("", "call: " + said.path("reason").asString(""));
      out.println();
    }
  }

  private void fact(String name, String text) {
    String word = name.replace('_', ' ');
    String start = word + " ".repeat(Math.max(1, COLUMN - word.length()));
    if (text.contains("\n") || text.length() > WIDTH) {
      out.println(start.strip());
      quoted("", text);
    } else {
      out.println(Output.visible(start + text));
    }
  }

  private void quoted(String indent, String text) {
    text.lines().forEach(line -> quotedLine(indent, Output.visible(line)));
  }

  private void quotedLine(String indent, String line) {
    int[] characters = line.codePoints().toArray();
    String bar = BAR;
    int from = 0;
    do {
      int length = Math.min(WIDTH, characters.length - from);
      out.println(indent + bar + new String(characters, from, length));
      from += length;
      bar = GOES_ON;
    } while (from < characters.length);
  }
}
