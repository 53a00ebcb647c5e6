package dev.keyward.redaction.rules;

import dev.keyward.redaction.exact.Effort;
import dev.keyward.redaction.exact.Readings;
import dev.keyward.redaction.exact.View;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// A set of rules, compiled: finds in a text what nobody registered.
///
/// Does not change, and is safe for all threads.
public final class Rules {
  private static final int SHORTEST = 4;
  private static final String ALL = "all";
  private static final Rules NONE = new Rules(Map.of());

  private final Map<String, ObjectNode> written;
  private final List<Rule> rules;
  private final Keywords keywords;
  private final Matcher[] matchers; // by number of the keyword
  private final List<PersonalMatcher> everywhere;
  private final Map<Set<String>, Rules> personal = new ConcurrentHashMap<>(); // what was asked for

  private Rules(Map<String, ObjectNode> written) {
    this("keyward", written);
  }

  private Rules(String file, Map<String, ObjectNode> written) {
    this.written = written;
    this.rules = written.values().stream().map(each -> RuleFile.rule(file, each)).toList();
    var words = new ArrayList<String>();
    var all = new ArrayList<Matcher>();
    var free = new ArrayList<PersonalMatcher>();
    for (Rule rule : rules) {
      if (!rule.on()) {
        continue;
      }
      if (rule.keywords().isEmpty()) {
        free.add(new PersonalMatcher(rule));
        continue;
      }
      Matcher matcher = Matcher.of(rule);
      for (String keyword : rule.keywords()) {
        words.add(keyword);
        all.add(matcher);
      }
    }
    keywords = new Keywords(words);
    matchers = all.toArray(Matcher[]::new);
    everywhere = List.copyOf(free);
  }

  /// {@return the rules that come with Keyward, personal data not among them; the same each time}
  public static Rules standard() {
    return Standard.RULES;
  }

  /// {@return no rules}
  public static Rules none() {
    return NONE;
  }

  /// {@return these with what an operator's file says}
  ///
  /// The file is `{"rules": […], "off": ["id", …], "personal": ["type", …]}`. A rule with the id of
  /// one that is there changes the fields that it names; any other is new. Its examples are tried.
  ///
  /// @param file its name, for messages
  /// @throws BadRules if it cannot be used
  public Rules with(String file, JsonNode json) {
    if (!json.isObject()) {
      throw new BadRules(file, "the file", "must be an object with rules, off or personal");
    }
    for (String field : json.propertyNames()) {
      if (!Set.of("rules", "off", "personal", "$schema").contains(field)) {
        throw new BadRules(file, field, "is not known here; rules, off and personal are");
      }
    }
    var changed = new LinkedHashMap<String, ObjectNode>(written);
    var named = new ArrayList<String>();
    for (JsonNode each : json.path("rules")) {
      String id = each.path("id").asString("");
      ObjectNode whole = changed.getOrDefault(id, JsonNodeFactory.instance.objectNode()).deepCopy();
      each.properties().forEach(field -> whole.set(field.getKey(), field.getValue()));
      RuleFile.rule(file, each.isObject() ? whole : each);
      changed.put(id, whole);
      named.add(id);
    }
    for (JsonNode each : json.path("off")) {
      if (!changed.containsKey(each.asString(""))) {
        throw new BadRules(file, "off", "names a rule that is not there: " + each.asString(""));
      }
      changed.computeIfPresent(each.asString(""), (id, rule) -> rule.deepCopy().put("on", false));
    }
    var out = new Rules(file, changed).withPersonal(file, strings(json.path("personal")));
    out.rules.stream()
        .filter(rule -> named.contains(rule.id()))
        .forEach(rule -> out.tried(file, rule));
    return out;
  }

  /// {@return these, and those for personal data of the given types: `card_number`, `iban`, …, or
  /// `all`}
  ///
  /// @throws IllegalArgumentException if there is no such type; the message lists them
  public Rules withPersonal(Set<String> types) {
    return types.isEmpty()
        ? this
        : personal.computeIfAbsent(
            Set.copyOf(types), these -> withPersonal("personal data", List.copyOf(these)));
  }

  private Rules withPersonal(String file, List<String> types) {
    if (types.isEmpty()) {
      return this;
    }
    List<String> known = personalTypes();
    for (String type : types) {
      if (!known.contains(type)) {
        throw new BadRules(
            file, "personal", "has no type " + type + "; there are " + String.join(", ", known));
      }
    }
    var changed = new LinkedHashMap<String, ObjectNode>(written);
    for (Rule rule : rules) {
      if (rule.kind() == Rule.Kind.PERSONAL
          && (types.contains(rule.type()) || types.contains(ALL))) {
        changed.computeIfPresent(rule.id(), (id, json) -> json.deepCopy().put("on", true));
      }
    }
    return new Rules(file, changed);
  }

  /// {@return what [#withPersonal] takes: `all`, and the types of personal data that there are
  /// rules for}
  public List<String> personalTypes() {
    Stream<String> types =
        rules.stream()
            .filter(rule -> rule.kind() == Rule.Kind.PERSONAL)
            .map(Rule::type)
            .distinct()
            .sorted();
    return Stream.concat(Stream.of(ALL), types).toList();
  }

  /// {@return whether there are none}
  public boolean isEmpty() {
    return matchers.length == 0 && everywhere.isEmpty();
  }

  List<Rule> rules() {
    return rules;
  }

  private static List<String> strings(JsonNode array) {
    var all = new ArrayList<String>();
    array.forEach(each -> all.add(each.asString("")));
    return all;
  }

  private void tried(String file, Rule rule) {
    for (String example : rule.examples()) {
      if (rule.on() && !finds(rule, example)) {
        throw new BadRules(
            file, "rule " + rule.id() + ": examples", "has one in which it finds nothing");
      }
    }
    for (String example : rule.counterExamples()) {
      if (finds(rule, example)) {
        throw new BadRules(
            file, "rule " + rule.id() + ": counterExamples", "has one in which it finds something");
      }
    }
  }

  /// {@return whether `rule` finds something in `example`; dots that split a token are left out}
  boolean finds(Rule rule, String example) {
    var found = new ArrayList<Found>();
    String text = example.replace("·", "");
    find("", text, new Effort(text.length()), found::add);
    return found.stream().anyMatch(each -> each.rule().equals(rule.id()));
  }

  /// Gives each place of `text` that holds a secret to `each`, in any order and overlapping.
  ///
  /// @param name the name of the field that `text` is the value of, or empty
  /// @throws Effort.Exhausted if the work that the message may cost is used up
  public void find(String name, String text, Effort effort, Consumer<Found> each) {
    View view = View.of(text);
    find(view, effort, each);
    findValue(name, view, effort, each);
  }

  /// Does the same for a text that is no value of a field.
  ///
  /// @throws Effort.Exhausted if the work that the message may cost is used up
  public void find(View text, Effort effort, Consumer<Found> each) {
    if (text.length() >= SHORTEST && !isEmpty()) {
      read(text, effort, each);
    }
  }

  /// Gives what `text` is as the value of what is called `name` to `each`.
  ///
  /// @throws Effort.Exhausted if the work that the message may cost is used up
  public void findValue(String name, View text, Effort effort, Consumer<Found> each) {
    if (text.length() >= SHORTEST && mayFind(name)) {
      var scan = new Scan(text, effort, each);
      View field = View.of(name);
      contexts(field, (context, from, to) -> context.value(scan, field, from, to));
    }
  }

  /// Gives what `text` is as one of many values that are called `owner` together, such as
  /// `passwords`, to `each`.
  ///
  /// @throws Effort.Exhausted if the work that the message may cost is used up
  public void findWithin(String owner, View text, Effort effort, Consumer<Found> each) {
    if (text.length() >= SHORTEST && mayFind(owner)) {
      var scan = new Scan(text, effort, each);
      View field = View.of(owner);
      contexts(field, (context, from, to) -> context.valueOfMany(scan, field, from, to));
    }
  }

  /// {@return whether anything in `text` could make [#find] find something, or in the value of a
  /// field that is called so; false is certain}
  public boolean mayFind(String text) {
    return !everywhere.isEmpty() || keywords.stand(text.toCharArray(), text.length());
  }

  /// Does the same for what can be read out of `text`: its escapes, its packed parts.
  ///
  /// @throws Effort.Exhausted if the work that the message may cost is used up
  public void findDeep(String text, Effort effort, Consumer<Found> each) {
    if (!isEmpty()) {
      Readings.of(text, effort, view -> read(view, effort, each));
    }
  }

  private void read(View view, Effort effort, Consumer<Found> each) {
    var reading = new Reading(view, effort, each);
    keywords.search(view.chars(), view.length(), reading);
    everywhere.forEach(matcher -> matcher.match(reading.scan()));
  }

  private void contexts(View name, EachContext each) {
    keywords.search(
        name.chars(),
        name.length(),
        (number, end) -> {
          if (matchers[number] instanceof ContextMatcher context) {
            each.in(context, end - keywords.length(number), end);
          }
        });
  }

  /// One text being read. Most have no keyword, or a short one that stands there by chance: they
  /// need no scan.
  private final class Reading implements Keywords.Each {
    private final View text;
    private final Effort effort;
    private final Consumer<Found> each;
    private @Nullable Scan scan;

    Reading(View text, Effort effort, Consumer<Found> each) {
      this.text = text;
      this.effort = effort;
      this.each = each;
    }

    Scan scan() {
      if (scan == null) {
        scan = new Scan(text, effort, each);
      }
      return scan;
    }

    @Override
    public void word(int number, int end) {
      int from = end - keywords.length(number);
      if (matchers[number].mayMatch(text, from, end)) {
        matchers[number].match(scan(), from, end);
      }
    }
  }

  @FunctionalInterface
  private interface EachContext {
    void in(ContextMatcher context, int from, int to);
  }

  /// Read when first asked for.
  private static final class Standard {
    static final Rules RULES = read();

    private static Rules read() {
      var written = new LinkedHashMap<String, ObjectNode>();
      for (String file : List.of("tokens.json", "context.json", "personal.json")) {
        for (JsonNode rule : RuleFile.shipped(file).path("rules")) {
          if (written.put(rule.path("id").asString(""), (ObjectNode) rule) != null) {
            throw new BadRules(file, "rule " + rule.path("id").asString(""), "is there twice");
          }
        }
      }
      return new Rules(written);
    }
  }
}
