package dev.keyward.redaction.html;

import java.util.Locale;
import java.util.Set;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;
import org.jsoup.select.NodeFilter;

/// HTML as the text that a reader would see: blocks on lines of their own, list items dashed, cells
/// apart by ` | `.
///
/// Left out is what nobody sees: head (but for the title, which comes first), comments, scripts,
/// styles, templates, form values, and elements hidden by attribute or inline style. Links keep
/// only their words.
public final class HtmlText {
  private static final Set<String> UNSEEN =
      Set.of(
          "head",
          "script",
          "style",
          "template",
          "noscript",
          "iframe",
          "object",
          "svg",
          "math",
          "canvas",
          "input",
          "select",
          "textarea",
          "datalist");
  private static final Set<String> CELLS = Set.of("td", "th");

  private HtmlText() {}

  /// {@return the readable text of `html`, without blank lines at its ends and never two in a row}
  ///
  /// A text without any markup comes back with its white space folded.
  public static String of(String html) {
    var document = Jsoup.parse(html);
    var page = new Page();
    page.line(document.title());
    document.body().filter(page);
    return page.text();
  }

  private static boolean unseen(Element element) {
    String style = element.attr("style").toLowerCase(Locale.ROOT).replace(" ", "");
    return UNSEEN.contains(element.normalName())
        || element.hasAttr("hidden")
        || element.attr("aria-hidden").equalsIgnoreCase("true")
        || style.contains("display:none")
        || style.contains("visibility:hidden");
  }

  /// Writes a body down while jsoup walks it, without recursion.
  private static final class Page implements NodeFilter {
    private final StringBuilder out = new StringBuilder();

    @Override
    public FilterResult head(Node node, int depth) {
      return switch (node) {
        case TextNode text -> words(text);
        case Element element when unseen(element) -> FilterResult.SKIP_ENTIRELY;
        case Element element -> open(element);
        default -> FilterResult.SKIP_ENTIRELY;
      };
    }

    @Override
    public FilterResult tail(Node node, int depth) {
      if (node instanceof Element element && (element.isBlock() || element.nameIs("br"))) {
        if (!CELLS.contains(element.normalName())) {
          breakLine();
        }
      }
      return FilterResult.CONTINUE;
    }

    private FilterResult open(Element element) {
      if (CELLS.contains(element.normalName())) {
        if (element.previousElementSibling() != null) {
          trimSpace();
          out.append(" | ");
        }
      } else if (element.isBlock()) {
        breakLine();
        if (element.nameIs("li")) {
          out.append("- ");
        }
      }
      return FilterResult.CONTINUE;
    }

    private FilterResult words(TextNode node) {
      String text = node.getWholeText();
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        if (!Character.isWhitespace(c) && c != '\u00a0') {
          out.append(c);
        } else if (!out.isEmpty() && out.charAt(out.length() - 1) != ' ' && !atLineStart()) {
          out.append(' ');
        }
      }
      return FilterResult.CONTINUE;
    }

    private void line(String text) {
      out.append(text.strip());
      breakLine();
    }

    private void breakLine() {
      trimSpace();
      if (!atLineStart()) {
        out.append('\n');
      }
    }

    private void trimSpace() {
      while (!out.isEmpty() && out.charAt(out.length() - 1) == ' ') {
        out.setLength(out.length() - 1);
      }
    }

    private boolean atLineStart() {
      return out.isEmpty() || out.charAt(out.length() - 1) == '\n';
    }

    private String text() {
      return out.toString().strip();
    }
  }
}
