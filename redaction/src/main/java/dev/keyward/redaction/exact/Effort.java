package dev.keyward.redaction.exact;

/// The work that one message may cost, counted in characters, so that the same text always ends
/// alike.
///
/// Not safe for threads; one for each message.
public final class Effort {
  private static final long FLOOR = 4L << 20;
  private static final long PER_CHARACTER = 48;

  private long left;

  /// Allows what a message of `characters` may cost: 4 Mi, and 48 for each character.
  public Effort(long characters) {
    left = FLOOR + PER_CHARACTER * characters;
  }

  /// Counts `work` characters.
  ///
  /// @throws Exhausted if that is more than is left
  public void spend(long work) {
    left -= work;
    if (left < 0) {
      throw new Exhausted("work");
    }
  }

  /// A limit was reached before the end of the search, so nothing is known of the text.
  public static final class Exhausted extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String limit;

    /// Names the limit, which must not be text of the message.
    public Exhausted(String limit) {
      super(limit);
      this.limit = limit;
    }

    /// {@return which limit it was}
    public String limit() {
      return limit;
    }
  }
}
