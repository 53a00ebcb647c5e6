package dev.keyward.redaction.exact;

import java.util.Arrays;
import java.util.List;

/// A quick look at a message, text after text: tells which texts need a closer one.
///
/// Texts are read in a row, so a secret cut over neighbours shows too. Not safe for threads.
public final class Glance {
  /// What a text needs beyond the glance.
  public enum Need {
    /// Nothing.
    NONE,
    /// A closer look at it.
    ALONE,
    /// A closer look at it, and at it joined with the texts before and after.
    WITH_NEIGHBOURS
  }

  private static final int EDGE = GramIndex.GRAM - 1;

  private final GramIndex index;
  private final Amount amount;
  private final Effort effort;
  private final FirstPass pass;
  private final int[] starts; // by number of the text: where it stands in what is folded
  private final int[] ends;
  private int[] edges = new int[64]; // where a text starts or ends, in order
  private int edgeCount;
  private boolean open; // what neighbours of a text do is not known to be in vain
  private boolean shown;

  Glance(GramIndex index, int texts, int characters, Amount amount, Effort effort) {
    this.index = index;
    this.amount = amount;
    this.effort = effort;
    this.pass = new FirstPass(characters);
    this.starts = new int[texts];
    this.ends = new int[texts];
  }

  /// Reads the first `count` characters of `text`, the one of that number, right after what was
  /// read before.
  ///
  /// @return how close a look it needs whatever the glance finds
  public Need add(int number, char[] text, int count) {
    starts[number] = edge();
    int flags = pass.add(text, count);
    ends[number] = pass.length();
    return flags == 0
        ? Need.NONE
        : (flags & FirstPass.JOINING) == 0 ? Need.ALONE : Need.WITH_NEIGHBOURS;
  }

  /// Keeps what was read apart from what comes.
  public void cut() {
    edge();
    pass.cut();
  }

  private int edge() {
    if (edgeCount == edges.length) {
      edges = Arrays.copyOf(edges, 2 * edgeCount);
    }
    edges[edgeCount++] = pass.length();
    return pass.length();
  }

  /// {@return whether what was read shows a secret}
  public boolean shows() {
    edge();
    search(pass.folded(), pass.length(), this::reachesEdge);
    return shown;
  }

  private boolean reachesEdge(int from, int to) {
    int at = Arrays.binarySearch(edges, 0, edgeCount, from);
    int next = at < 0 ? -at - 1 : at;
    return next < edgeCount && edges[next] <= to;
  }

  /// {@return whether the texts that [#shows] looked at show one when they stand in other rows,
  /// each the numbers of its texts}
  ///
  /// A stretch that is the same as one of a secret and ends within its text is no longer there. So
  /// if none was that reached an edge, only grams that stand over edges are new, and only if there
  /// are such does it matter how they go on.
  public boolean showsIn(List<int[]> rows) {
    if (!open) {
      search(rows, EDGE);
    }
    if (open) {
      search(rows, pass.length());
    }
    return shown;
  }

  private void search(List<int[]> rows, int edge) {
    int room = 0;
    for (int[] row : rows) {
      for (int number : row) {
        room += Math.min(ends[number] - starts[number], 2 * edge + 1);
      }
      room++;
    }
    var joined = new char[room];
    int length = 0;
    for (int[] row : rows) {
      for (int number : row) {
        length = copy(number, edge, joined, length);
      }
      joined[length++] = Fold.BREAK;
    }
    search(joined, length, (from, to) -> true);
  }

  private int copy(int number, int edge, char[] out, int at) {
    int start = starts[number];
    int length = ends[number] - start;
    if (length <= 2 * edge + 1) {
      System.arraycopy(pass.folded(), start, out, at, length);
      return at + length;
    }
    System.arraycopy(pass.folded(), start, out, at, edge);
    out[at + edge] = Fold.BREAK;
    System.arraycopy(pass.folded(), start + length - edge, out, at + edge + 1, edge);
    return at + 2 * edge + 1;
  }

  private void search(char[] folded, int length, Reach opens) {
    index.search(
        folded,
        0,
        length,
        amount,
        effort,
        new GramIndex.Shown() {
          @Override
          public boolean at(Spelling spelling, int from, int to, boolean whole) {
            shown = true;
            return false;
          }

          @Override
          public void alike(int from, int to) {
            open |= opens.test(from, to);
          }
        });
  }

  /// Whether other neighbours may add to a stretch.
  @FunctionalInterface
  private interface Reach {
    boolean test(int from, int to);
  }
}
