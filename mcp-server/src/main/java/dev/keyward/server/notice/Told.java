package dev.keyward.server.notice;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A message in words, for ways that people read themselves: a headline, and what waits.
///
/// Up to five requests have a line and a link each; of more there is a line for each kind, with how
/// many there are, and one link to all.
record Told(String headline, List<Item> items, String foot) {
  private static final int ONE_BY_ONE = 5;
  private static final Pattern UNSEEN = Pattern.compile("[\\p{C}\\p{Zl}\\p{Zp}]+");
  private static final String FOOT =
      "Nothing is decided here: sign in, read what is asked, and decide there.";

  /// One line.
  ///
  /// @param title the operator's words, or how many; without control characters
  /// @param facts names and numbers
  /// @param link the page
  record Item(String title, String facts, String link) {}

  /// {@return what this message says}
  static Told of(Message message) {
    JsonNode body = JsonMapper.shared().readTree(message.body());
    JsonNode data = body.path("data");
    if (!data.isObject()) {
      return new Told("A test: Keyward's messages arrive here", List.of(), "Nothing waits.");
    }
    if (text(body, "type").equals(NoticeJson.GLASS_BROKEN)) {
      return glassBroken(data);
    }
    int all = data.path("requests").size() + data.path("more").asInt();
    return all > ONE_BY_ONE ? counted(data, all) : oneByOne(data, all);
  }

  private static Told oneByOne(JsonNode data, int all) {
    List<Item> items = new ArrayList<>();
    for (JsonNode request : data.path("requests")) {
      items.add(
          new Item(
              plain(text(request, "title")),
              facts(request) + ", until " + text(request, "expires"),
              text(request, "url")));
    }
    return new Told(headline(data, all), items, FOOT);
  }

  private static Told glassBroken(JsonNode data) {
    JsonNode request = data.path("requests").path(0);
    String facts = facts(request) + ", ticket " + text(data, "ticket");
    return new Told(
        "The glass was broken: " + text(data, "person") + " approved a call alone",
        List.of(new Item(plain(text(request, "title")), facts, text(data, "url"))),
        "Somebody else, independent of the agent, has to look at it there.");
  }

  private static Told counted(JsonNode data, int all) {
    String queue = text(data, "url");
    List<Item> items = new ArrayList<>();
    int named = 0;
    for (JsonNode kind : data.path("kinds")) {
      int count = kind.path("count").asInt();
      named += count;
      items.add(new Item(count + " ×", facts(kind), queue));
    }
    if (named < all) {
      items.add(new Item((all - named) + " ×", "others", queue));
    }
    return new Told(headline(data, all), items, FOOT);
  }

  private static String headline(JsonNode data, int all) {
    int runs = data.path("runs").asInt();
    return all
        + (data.path("earlier").asInt() > 0 ? " more" : "")
        + (all == 1 ? " request waits for people" : " requests wait for people")
        + (runs > 1 ? ", of " + runs + " runs" : "");
  }

  private static String facts(JsonNode of) {
    return text(of, "tool")
        + " ("
        + text(of, "tier").replace('_', ' ')
        + ", "
        + text(of, "kind")
        + ") by agent "
        + text(of, "agent");
  }

  private static String plain(String words) {
    return UNSEEN.matcher(words).replaceAll(" ");
  }

  private static String text(JsonNode of, String field) {
    return of.path(field).asString("");
  }
}
