package dev.keyward.server.cli;

import dev.keyward.redaction.KnownSecrets;
import dev.keyward.redaction.Redacted;
import dev.keyward.redaction.Redactor;
import dev.keyward.redaction.Secret;
import dev.keyward.redaction.TouchesSecret;
import dev.keyward.redaction.rules.Rules;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// `redact --jsonl`: questions and answers, one JSON object a line each.
///
/// A question is `{"id", "text" or "chunks", "secrets"?}`, secrets of that line only, beside those of
/// every line; an answer `{"id", "text", "findings": [{"type", "rule", "start", "end"}], "micros"}`, places
/// counted in code points.
final class RedactLines {
  private final Rules rules;
  private final List<Secret> known;
  private final KnownSecrets compiled;
  private final Writer out;

  /// @param known secrets of every line
  @TouchesSecret
  RedactLines(Rules rules, List<Secret> known, Writer out) {
    this.rules = rules;
    this.known = known;
    this.compiled = KnownSecrets.of(known);
    this.out = out;
  }

  void run(BufferedReader in) throws IOException {
    int number = 0;
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      number++;
      if (!line.isBlank()) {
        JsonNode question = question(line, number);
        out.write(answer(question, text(question, number)).toString() + "\n");
      }
    }
    out.flush();
  }

  private static JsonNode question(String line, int number) throws IOException {
    try {
      return JsonMapper.shared().readTree(line);
    } catch (JacksonException notJson) {
      throw new IOException("line " + number + " is not JSON"); // the message may quote it
    }
  }

  private ObjectNode answer(JsonNode question, String text) {
    KnownSecrets secrets = secrets(question);
    var redactor = new Redactor(() -> secrets, () -> rules);
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer.set("id", question.path("id"));
    long began = System.nanoTime();
    try {
      Redacted redacted = redactor.scrub(text);
      long micros = (System.nanoTime() - began) / 1000;
      answer.put("text", redacted.text());
      ArrayNode findings = answer.putArray("findings");
      var places = new CodePoints(text);
      redacted
          .taken()
          .forEach(
              each ->
                  finding(findings, each.found().type(), each.found().rule())
                      .put("start", places.count(each.found().start()))
                      .put("end", places.count(each.found().end())));
      answer.put("micros", micros);
    } catch (Redactor.Uncertain limit) {
      long micros = (System.nanoTime() - began) / 1000;
      answer.put("text", RedactPieces.WITHHELD);
      finding(answer.putArray("findings"), "withheld", "limit")
          .put("start", 0)
          .put("end", text.codePointCount(0, text.length()));
      answer.put("micros", micros);
    }
    return answer;
  }

  private static ObjectNode finding(ArrayNode findings, String type, String rule) {
    return findings.addObject().put("type", type).put("rule", rule);
  }

  /// A text under another name would come out as none at all.
  private static String text(JsonNode question, int number) throws IOException {
    if (question.path("text").isString()) {
      return question.get("text").stringValue();
    }
    if (!question.path("chunks").isArray()) {
      throw new IOException("line " + number + " has neither the string text nor the list chunks");
    }
    var all = new StringBuilder();
    for (JsonNode chunk : question.get("chunks")) {
      if (!chunk.isString()) {
        throw new IOException("line " + number + ": chunks must be strings");
      }
      all.append(chunk.stringValue());
    }
    return all.toString();
  }

  @TouchesSecret
  private KnownSecrets secrets(JsonNode question) {
    if (question.path("secrets").isEmpty()) {
      return compiled;
    }
    var all = new ArrayList<Secret>(known);
    question.get("secrets").forEach(secret -> all.add(Secret.of(secret.asString(""))));
    return KnownSecrets.of(all);
  }

  /// Counts the code points of a text before places that only grow.
  private static final class CodePoints {
    private final String text;
    private int at;
    private int count;

    CodePoints(String text) {
      this.text = text;
    }

    int count(int place) {
      count += place >= at ? text.codePointCount(at, place) : -text.codePointCount(place, at);
      at = place;
      return count;
    }
  }
}
