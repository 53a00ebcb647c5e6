package dev.keyward.redaction.exact;

/// A quick look at a message, text after text: tells which texts need a closer one.
///
/// Texts are read in a row, so a secret cut over neighbours shows too. Not safe for threads.
public final class Glance {
  private final GramIndex index;
  private final Effort effort;
  private final FirstPass pass;
  private char[] buffer = new char[256];
  private boolean shown;

  Glance(GramIndex index, int characters, Effort effort) {
    this.index = index;
    this.effort = effort;
    this.pass = new FirstPass(characters);
  }

  /// Reads `text` right after what was read before.
  ///
  /// @return whether it needs a closer look whatever the glance finds
  public boolean add(String text) {
    int count = text.length();
    if (buffer.length < count) {
      buffer = new char[Math.max(count, 2 * buffer.length)];
    }
    text.getChars(0, count, buffer, 0);
    return pass.add(buffer, count) != 0;
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
        effort,
        (spelling, from, to, whole) -> {
          shown = true;
          return false;
        });
    return shown;
  }
}
