package dev.keyward.redaction;

import dev.keyward.redaction.exact.Amount;
import dev.keyward.redaction.exact.Effort;
import dev.keyward.redaction.exact.ExactSecrets;
import dev.keyward.redaction.exact.Glance;
import dev.keyward.redaction.exact.Glance.Need;
import dev.keyward.redaction.exact.Spans;
import dev.keyward.redaction.exact.View;
import dev.keyward.redaction.html.HtmlParts;
import dev.keyward.redaction.json.JsonLeaf;
import dev.keyward.redaction.json.JsonLeaves;
import dev.keyward.redaction.rules.Found;
import dev.keyward.redaction.rules.Rules;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// One message being scrubbed: a glance at all of it, a closer look where that is not enough, and
/// another at what is left.
final class Scrubbing {
  private static final int END = 128;
  private static final int BYTES = 12;
  private static final int LONGEST_BYTE = 4; // -128
  private static final int TURNS = 4;

  private final ExactSecrets secrets;
  private final Rules rules;
  private final Predicate<Found> counts;
  private final JsonLeaf.Replacement replacement;
  private final JsonLeaves leaves;
  private final Effort effort;
  private final boolean wholes;
  private final Set<String> cleanKeys = new HashSet<>();
  private final Map<String, Boolean> names = new HashMap<>(); // whether a rule may go by it
  private char[] buffer = new char[256];
  private boolean closer;

  Scrubbing(
      ExactSecrets secrets,
      Rules rules,
      Predicate<Found> counts,
      JsonLeaf.Replacement replacement,
      JsonLeaves leaves,
      BooleanSupplier late) {
    this.secrets = secrets;
    this.rules = rules;
    this.counts = counts;
    this.replacement = replacement;
    this.leaves = leaves;
    this.wholes = secrets.amount() == Amount.WHOLE;
    this.effort = new Effort(leaves.characters() * (wholes ? 2 : 1), late); // rows are read in full
  }

  /// Replaces every secret in the leaves.
  ///
  /// @throws Effort.Exhausted if a limit was reached; the leaves are then worth nothing
  void run() {
    List<List<JsonLeaf>> others = leaves.others();
    boolean shows = glance(others);
    boolean holds = !secrets.isEmpty();
    if (holds && (shows || closer || secrets.readsNames())) {
      leaves.all().forEach(leaf -> look(leaf, shows));
    }
    if (holds && (shows || closer)) {
      rows(leaves.strings(), "", shows);
      rows(leaves.keys(), "", shows);
      rows(leaves.numbers(), ",", shows);
      others.forEach(row -> rows(row, "", shows));
    }
    leaves.all().forEach(this::guessDeeper);
    leaves.all().forEach(this::replace);
  }

  private boolean glance(List<List<JsonLeaf>> others) {
    int room = (int) Math.min(1 << 20, leaves.characters() + 64);
    Glance glance = secrets.glance(leaves.all().size(), room, effort);
    for (List<JsonLeaf> row : List.of(leaves.strings(), leaves.keys(), leaves.numbers())) {
      for (JsonLeaf leaf : row) {
        glance(leaf, glance);
      }
      glance.cut();
    }
    bytes(leaves.numbers());
    return glance.shows() || glance.showsIn(others.stream().map(Scrubbing::numbers).toList());
  }

  private void glance(JsonLeaf leaf, Glance glance) {
    String text = leaf.text();
    int count = text.length();
    if (buffer.length < count) {
      buffer = new char[Math.max(count, 2 * buffer.length)];
    }
    text.getChars(0, count, buffer, 0);
    leaf.needs(glance.add(leaf.number(), buffer, count));
    closer |= leaf.need() != Need.NONE;
    guess(leaf, View.of(buffer, count));
  }

  private static int[] numbers(List<JsonLeaf> row) {
    return row.stream().mapToInt(JsonLeaf::number).toArray();
  }

  /// What nobody registered. Keys repeat themselves, so one without is not read again.
  private void guess(JsonLeaf leaf, View text) {
    if (leaf.isKey() && cleanKeys.contains(leaf.text())) {
      return;
    }
    Consumer<Found> took = each -> took(leaf, each);
    rules.find(text, effort, took);
    if (mayName(leaf.name())) {
      rules.findValue(leaf.name(), text, effort, took);
    }
    if (mayName(leaf.owner())) {
      rules.findWithin(leaf.owner(), text, effort, took);
    }
    if (leaf.isKey() && leaf.isClean()) {
      cleanKeys.add(leaf.text());
    }
  }

  private boolean mayName(String name) {
    return names.computeIfAbsent(name, rules::mayFind);
  }

  /// A handle is no finding: it stands for one already.
  private void took(JsonLeaf leaf, Found each) {
    if (counts.test(each)
        && Handle.parse(leaf.text().substring(each.start(), each.end())).isEmpty()) {
      leaf.found().add(each);
    }
  }

  private void guessDeeper(JsonLeaf leaf) {
    if (leaf.need() == Need.NONE) {
      return;
    }
    Consumer<Found> took = each -> took(leaf, each);
    rules.findDeep(leaf.text(), effort, took);
    if (HtmlParts.mayBe(leaf.text()) && rules.mayFind(leaf.text())) {
      guessParts(leaf.text(), took);
    }
  }

  /// What elements, attributes, labels and columns of a page or of XML are called.
  private void guessParts(String markup, Consumer<Found> took) {
    effort.spend(8L * markup.length());
    for (List<HtmlParts.Part> row : HtmlParts.of(markup).rows()) {
      for (HtmlParts.Part part : row) {
        if (!part.name().isEmpty()) {
          rules.findValue(
              part.name(),
              View.of(part.text()),
              effort,
              found -> took.accept(inSource(markup, part, found)));
        }
      }
    }
  }

  /// What stands in the source as it was read has the same place there; else all of the part goes.
  private static Found inSource(String markup, HtmlParts.Part part, Found found) {
    String value = part.text().substring(found.start(), found.end());
    int at = markup.indexOf(value, part.from(), part.to());
    return at >= 0 ? found.at(at, at + value.length()) : found.at(part.from(), part.to());
  }

  /// Small numbers in a row may be bytes.
  private void bytes(List<JsonLeaf> numbers) {
    int first = 0;
    for (int i = 0; i <= numbers.size(); i++) {
      if (i < numbers.size() && numbers.get(i).text().length() <= LONGEST_BYTE) {
        continue;
      }
      if (i - first >= BYTES) {
        numbers.subList(first, i).forEach(leaf -> leaf.needs(Need.WITH_NEIGHBOURS));
        closer = true;
      }
      first = i + 1;
    }
  }

  private void look(JsonLeaf leaf, boolean shows) {
    if (shows || leaf.need() != Need.NONE || secrets.readsNames()) {
      secrets.find(leaf.text(), effort).forEach(leaf.spans()::add);
      secrets.findValue(leaf.name(), leaf.text(), effort, leaf.spans());
    }
  }

  /// Reads a row in the pieces that matter: all of it if a secret shows, else the leaves that need
  /// more with those beside them. For a whole secret all of it matters.
  private void rows(List<JsonLeaf> row, String between, boolean all) {
    if (all || wholes) {
      row(row, between);
      return;
    }
    int i = 0;
    while (i < row.size()) {
      int end = i;
      boolean joining = false;
      while (end < row.size() && row.get(end).need() != Need.NONE) {
        joining |= row.get(end++).need() == Need.WITH_NEIGHBOURS;
      }
      if (joining) {
        row(row.subList(Math.max(0, i - 1), Math.min(row.size(), end + 1)), between);
      } else if (end > i + 1) {
        row(row.subList(i, end), between);
      }
      i = end + 1;
    }
  }

  /// Neighbours are read as one text; only the ends of long ones, for all of each was looked at
  /// before. For a whole secret a long one in the middle matters too.
  private void row(List<JsonLeaf> row, String between) {
    if (row.size() < 2) {
      return;
    }
    var pieces = new ArrayList<Piece>();
    var joined = new StringBuilder();
    for (JsonLeaf leaf : row) {
      int length = leaf.text().length();
      if (wholes || length <= 2 * END) {
        pieces.add(Piece.append(joined, leaf, 0, length));
      } else {
        pieces.add(Piece.append(joined, leaf, 0, END));
        joined.append(ExactSecrets.APART);
        pieces.add(Piece.append(joined, leaf, length - END, length));
      }
      joined.append(between);
    }
    secrets
        .findJoined(joined.toString(), effort)
        .forEach(
            (from, to) -> {
              effort.spend(pieces.size());
              pieces.forEach(piece -> piece.mark(from, to));
            });
  }

  /// Replaces, and looks again until nothing is found: what was taken out may have hidden
  /// something.
  private void replace(JsonLeaf leaf) {
    boolean markup = !secrets.isEmpty() && leaf.need() != Need.NONE && HtmlParts.mayBe(leaf.text());
    if (leaf.isClean() && !markup) {
      return;
    }
    for (int turn = 0; turn < TURNS; turn++) {
      leaf.replace(replacement);
      secrets.find(leaf.text(), effort).forEach(leaf.spans()::add);
      if (leaf.spans().isEmpty() && markup) {
        html(leaf);
      }
      if (leaf.spans().isEmpty()) {
        return;
      }
    }
    throw new Effort.Exhausted("repeated findings");
  }

  /// The parts as a browser reads them; a part that shows a secret goes as a whole.
  private void html(JsonLeaf leaf) {
    effort.spend(8L * leaf.text().length());
    for (List<HtmlParts.Part> row : HtmlParts.of(leaf.text()).rows()) {
      var joined = new StringBuilder();
      var starts = new ArrayList<Integer>();
      for (HtmlParts.Part part : row) {
        if (!secrets.find(part.text(), effort).isEmpty()) {
          leaf.spans().add(part.from(), part.to());
        }
        starts.add(joined.length());
        joined.append(part.text());
      }
      starts.add(joined.length());
      Spans found = secrets.findJoined(joined.toString(), effort);
      found.forEach(
          (from, to) -> {
            effort.spend(row.size());
            for (int i = 0; i < row.size(); i++) {
              if (from < starts.get(i + 1) && to > starts.get(i)) {
                leaf.spans().add(row.get(i).from(), row.get(i).to());
              }
            }
          });
    }
  }

  /// A stretch of a leaf in a joined text.
  private record Piece(JsonLeaf leaf, int at, int from, int to) {
    static Piece append(StringBuilder joined, JsonLeaf leaf, int from, int to) {
      var piece = new Piece(leaf, joined.length(), from, to);
      joined.append(leaf.text(), from, to);
      return piece;
    }

    void mark(int foundFrom, int foundTo) {
      int first = Math.max(foundFrom - at, 0) + from;
      int last = Math.min(foundTo - at + from, to);
      if (last > first) {
        leaf.spans().add(first, last);
      }
    }
  }
}
