package dev.keyward.redaction.exact;

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

  private final GramIndex index;
  private final Amount amount;
  private final Effort effort;
  private final FirstPass pass;
  private char[] buffer = new char[256];
  private boolean shown;

  Glance(GramIndex index, int characters, Amount amount, Effort effort) {
    this.index = index;
    this.amount = amount;
    this.effort = effort;
    this.pass = new FirstPass(characters);
  }

  /// Reads `text` right after what was read before.
  ///
  /// @return how close a look it needs whatever the glance finds
  public Need add(String text) {
    int count = text.length();
    if (buffer.length < count) {
      buffer = new char[Math.max(count, 2 * buffer.length)];
    }
    text.getChars(0, count, buffer, 0);
    int flags = pass.add(buffer, count);
    return flags == 0
        ? Need.NONE
        : (flags & FirstPass.JOINING) == 0 ? Need.ALONE : Need.WITH_NEIGHBOURS;
  }

  /// Keeps what was read apart from what comes.
  public void cut() {
    pass.cut();
  }

  /// {@return whether what was read shows a secret}
  public boolean shows() {
    index.search(
        pass.folded(),
        pass.length(),
        amount,
        effort,
        (spelling, from, to, whole) -> {
          shown = true;
          return false;
        });
    return shown;
  }
}
