package dev.keyward.redaction.html;

import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jsoup.nodes.Attribute;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.TextNode;
import org.jsoup.parser.Tag;

/// What a text or an attribute of a page is called: by its element, an attribute, the label or term
/// before it, or the heading of its column.
///
/// Rows of a table must be shown to it as they come.
final class HtmlNames {
  private static final int LONGEST = 64;
  private static final int CLIMB = 4;
  private static final int COLUMNS = 256;
  private static final Set<String> INLINE =
      Set.of(
          "b", "strong", "i", "em", "code", "span", "tt", "kbd", "samp", "pre", "var", "font", "a",
          "p", "mark", "small", "u");
  private static final Set<String> TERMS =
      Set.of("dt", "th", "key", "name", "label", "k", "strong", "b", "em");
  private static final Set<String> VALUES =
      Set.of("value", "string", "val", "v", "text", "data", "content", "default");
  private static final List<String> NAMING =
      List.of("name", "key", "id", "property", "http-equiv", "data-name", "itemprop", "aria-label");
  private static final Set<String> VALUED =
      Set.of("value", "content", "data-value", "default", "defaultvalue");

  private final IdentityHashMap<Element, String> ofCells = new IdentityHashMap<>();
  private Map<Integer, String> headings = Map.of();
  private Element table = new Element("none");

  /// Notes what the cells of `row` are called.
  void row(Element row) {
    Element owner = table(row);
    List<Element> cells = row.children();
    if (cells.isEmpty()) {
      return;
    }
    if (!owner.equals(table)) {
      table = owner;
      headings = headings(cells);
    } else if (cells.size() > 2 || !headings.isEmpty()) {
      for (int i = 0; i < Math.min(cells.size(), COLUMNS); i++) {
        ofCells.put(cells.get(i), headings.getOrDefault(i, ""));
      }
    }
    if (cells.size() == 2) {
      String term = words(cells.getFirst());
      if (!term.isEmpty() && !headings.containsKey(1)) {
        ofCells.put(cells.getLast(), term);
      }
    }
  }

  private static Element table(Element row) {
    Element parent = row.parent();
    if (parent == null) {
      return row;
    }
    boolean section = parent.nameIs("tbody") || parent.nameIs("thead") || parent.nameIs("tfoot");
    Element outer = section ? parent.parent() : parent;
    return outer == null ? parent : outer;
  }

  private static Map<Integer, String> headings(List<Element> cells) {
    var all = new HashMap<Integer, String>();
    for (int i = 0; i < Math.min(cells.size(), COLUMNS); i++) {
      if (cells.size() > 2 || cells.getLast().nameIs("th")) {
        all.put(i, words(cells.get(i)));
      }
    }
    return all;
  }

  /// {@return what `text` is called, or nothing}
  String of(TextNode text) {
    Element element = text.parentElement();
    for (int i = 0; element != null && i < CLIMB; i++) {
      String name = name(element);
      if (!name.isEmpty() || !INLINE.contains(local(element))) {
        return name;
      }
      element = element.parent();
    }
    return "";
  }

  private String name(Element element) {
    String cell = ofCells.get(element);
    if (cell != null) {
      return cell;
    }
    String own = naming(element);
    if (!own.isEmpty()) {
      return own;
    }
    String local = local(element);
    Element before = element.previousElementSibling();
    if (local.equals("dd") && before != null && before.nameIs("dd")) {
      return "";
    }
    if (before != null && (TERMS.contains(local(before)) && !TERMS.contains(local))) {
      return words(before);
    }
    if (VALUES.contains(local) && element.parent() != null) {
      String outer = naming(element.parent());
      return outer.isEmpty() ? local(element.parent()) : outer;
    }
    return Tag.isKnownTag(local) ? "" : local;
  }

  /// {@return what the value of `attribute` is called}
  static String of(Element element, Attribute attribute) {
    String named = VALUED.contains(attribute.getKey()) ? naming(element) : "";
    return named.isEmpty() ? attribute.getKey() : named;
  }

  private static String naming(Element element) {
    for (String key : NAMING) {
      String value = element.attr(key);
      if (!value.isBlank() && value.length() <= LONGEST) {
        return value.strip();
      }
    }
    return "";
  }

  private static String words(Element element) {
    String text = element.ownText().isBlank() ? element.text() : element.ownText();
    return text.length() <= LONGEST ? text.strip() : "";
  }

  private static String local(Element element) {
    String name = element.normalName();
    return name.substring(name.indexOf(':') + 1);
  }
}
