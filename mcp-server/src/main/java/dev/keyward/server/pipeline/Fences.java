package dev.keyward.server.pipeline;

import dev.keyward.catalog.Tool;
import dev.keyward.redaction.Redacted;
import dev.keyward.redaction.hostile.Cues;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Says of the texts of an answer which of them speak to the model, and puts a fence around these.
final class Fences {
  private static final int MOST_PLACES = 20;

  /// {@return `answer` with fences, if the tool has them}
  ///
  /// @param facts gains `hostile`, signs and places, if there are any
  Redacted around(Tool tool, Redacted answer, ObjectNode facts) {
    Set<String> signs = new TreeSet<>();
    List<String> places = new ArrayList<>();
    read(answer.json(), "", signs, places);
    if (signs.isEmpty()) {
      return answer;
    }
    ObjectNode hostile = facts.putObject("hostile");
    ArrayNode listed = hostile.putArray("signs");
    signs.forEach(listed::add);
    ArrayNode at = hostile.putArray("at");
    places.stream().limit(MOST_PLACES).forEach(at::add);
    return tool.care().fenced()
        ? answer.fencedAt(places.stream().filter(place -> isText(answer, place)).toList())
        : answer;
  }

  private static boolean isText(Redacted answer, String place) {
    return answer.json().at(place).isString();
  }

  private static void read(JsonNode node, String at, Set<String> signs, List<String> places) {
    if (node.isString()) {
      took(Cues.in(node.stringValue()), at, signs, places);
    } else if (node.isObject()) {
      for (var field : node.properties()) {
        String place = at + "/" + field.getKey().replace("~", "~0").replace("/", "~1");
        took(Cues.in(field.getKey()), place, signs, places);
        read(field.getValue(), place, signs, places);
      }
    } else {
      for (int i = 0; i < node.size(); i++) {
        read(node.get(i), at + "/" + i, signs, places);
      }
    }
  }

  private static void took(List<String> cues, String at, Set<String> signs, List<String> places) {
    signs.addAll(cues);
    if (!cues.isEmpty() && (places.isEmpty() || !places.getLast().equals(at))) {
      places.add(at);
    }
  }
}
