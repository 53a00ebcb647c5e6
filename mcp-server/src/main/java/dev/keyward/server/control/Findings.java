package dev.keyward.server.control;

import dev.keyward.server.credential.StoreFinding;
import java.util.Locale;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// What the doctor has found, in the order in which it looked.
final class Findings {
  private final ArrayNode list = JsonNodeFactory.instance.arrayNode();

  /// {@return all of it, as JSON}
  ArrayNode list() {
    return list;
  }

  /// @param otherwise the level where it is not well
  void say(boolean well, String otherwise, String what, String good, String bad) {
    add(well ? "ok" : otherwise, what, well ? good : bad);
  }

  void add(StoreFinding of) {
    add(of.level().name().toLowerCase(Locale.ROOT), of.what(), of.detail());
  }

  void add(String level, String what, String detail) {
    list.addObject().put("level", level).put("what", what).put("detail", detail);
  }

  /// {@return for example `2 reviewers`}
  static String count(long number, String what) {
    return number + " " + what + (number == 1 ? "" : "s");
  }
}
