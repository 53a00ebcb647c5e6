package dev.keyward.redaction.html;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Attribute;
import org.jsoup.nodes.Comment;
import org.jsoup.nodes.DataNode;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.LeafNode;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.Range;
import org.jsoup.nodes.TextNode;
import org.jsoup.parser.Parser;
import org.jsoup.parser.Tag;

/// Every part of an HTML text in which something may be written, as a browser reads it, with its
/// place in the source: texts, attribute values, comments and the like, script and style.
///
/// Hidden elements, templates and form values are parts like any other; what `srcdoc` holds is read
/// again.
public final class HtmlParts {
  private static final int SRCDOC_DEEP = 3;
  private static final Set<String> ROWS = Set.of("tr", "td", "th", "tbody", "thead", "dt", "dd");

  /// One part, from `from` to before `to` in the source.
  ///
  /// @param name what it is called: an attribute, an element of XML, a label, the heading of a
  ///   column; empty where nothing says
  public record Part(String name, String text, int from, int to) {}

  private final List<Part> texts = new ArrayList<>();
  private final List<Part> attributes = new ArrayList<>();
  private final List<Part> others = new ArrayList<>();

  private HtmlParts() {}

  /// {@return whether `text` may be HTML or XML: it has a tag or a comment}
  public static boolean mayBe(String text) {
    int open = text.indexOf('<');
    while (open >= 0 && open + 1 < text.length()) {
      char next = text.charAt(open + 1);
      if (Character.isLetter(next) || next == '!' || next == '/' || next == '?') {
        return true;
      }
      open = text.indexOf('<', open + 1);
    }
    return false;
  }

  /// Reads `html`; anything is HTML.
  public static HtmlParts of(String html) {
    var parts = new HtmlParts();
    parts.read(html, -1, -1, 0);
    return parts;
  }

  /// {@return the parts in rows that a reader may take together: texts; attributes; the rest}
  public List<List<Part>> rows() {
    return List.of(texts, attributes, others);
  }

  /// XML is what declares it, has CDATA, or begins with an element that HTML does not know; also
  /// rows without their table, which HTML would pass over.
  private static Parser parser(String markup) {
    int open = markup.indexOf('<');
    int end = open + 1;
    while (end < markup.length() && Character.isLetterOrDigit(markup.charAt(end))) {
      end++;
    }
    String first = markup.substring(open + 1, end).toLowerCase(Locale.ROOT);
    boolean html =
        open >= 0
            && !markup.startsWith("<?xml", open)
            && !markup.contains("<![CDATA[")
            && (first.isEmpty() || Tag.isKnownTag(first))
            && !ROWS.contains(first);
    return html ? Parser.htmlParser() : Parser.xmlParser();
  }

  /// Places in a `srcdoc` are given as those of the whole attribute.
  private void read(String html, int from, int to, int depth) {
    var document = Jsoup.parse(html, "", parser(html).setTrackPosition(true));
    var names = new HtmlNames();
    document.traverse(
        (Node node, int level) -> {
          switch (node) {
            case TextNode text ->
                add(texts, names.of(text), text.getWholeText(), text.sourceRange(), from, to, html);
            case Comment comment ->
                add(others, "", comment.getData(), comment.sourceRange(), from, to, html);
            case DataNode data ->
                add(others, "", data.getWholeData(), data.sourceRange(), from, to, html);
            case Element element -> {
              if (element.nameIs("tr")) {
                names.row(element);
              }
              attributes(element, from, to, depth, html);
            }
            case LeafNode leaf ->
                add(others, "", leaf.outerHtml(), leaf.sourceRange(), from, to, html);
            default -> {}
          }
        });
  }

  private void attributes(Element element, int from, int to, int depth, String html) {
    for (Attribute attribute : element.attributes()) {
      Range range = attribute.sourceRange().valueRange();
      add(
          attributes,
          HtmlNames.of(element, attribute),
          attribute.getValue(),
          range,
          from,
          to,
          html);
      if (attribute.getKey().equals("srcdoc") && depth < SRCDOC_DEEP) {
        boolean own = from < 0 && range.isTracked();
        read(
            attribute.getValue(),
            own ? range.startPos() : Math.max(0, from),
            own ? range.endPos() : to < 0 ? html.length() : to,
            depth + 1);
      }
    }
  }

  /// A part whose place is not known stands for all of the source: too much goes rather than too
  /// little.
  private static void add(
      List<Part> row, String name, String text, Range range, int from, int to, String html) {
    if (text.isBlank()) {
      return;
    }
    if (from >= 0) {
      row.add(new Part(name, text, from, to));
    } else if (range.isTracked() && range.endPos() > range.startPos()) {
      row.add(new Part(name, text, range.startPos(), range.endPos()));
    } else {
      row.add(new Part(name, text, 0, html.length()));
    }
  }
}
