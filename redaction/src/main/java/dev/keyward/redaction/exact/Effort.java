package dev.keyward.redaction.exact;

import java.util.function.BooleanSupplier;

/// The work that one message may cost, counted in characters, so that the same text always ends
/// alike; and a deadline beside it, for a machine that is too slow for that.
///
/// Not safe for threads; one for each message.
public final class Effort {
  /// The limit that a deadline is.
  public static final String TIME = "time";

  private static final long FLOOR = 4L << 20;
  private static final long PER_CHARACTER = 48;

  private static final long COMPARED_FLOOR = 64L << 20;
  private static final long COMPARED_PER_CHARACTER = 2000;

  /// How much is spent between two looks at the clock.
  private static final long LOOK = 1 << 16;

  private final BooleanSupplier late;
  private long left;
  private long spent;
  private long looked;
  private long comparisons;

  /// Allows what a message of `characters` may cost: 4 Mi, and 48 for each character.
  public Effort(long characters) {
    this(characters, () -> false);
  }

  /// The same, and it ends when `late` says so, which is asked now and then.
  public Effort(long characters, BooleanSupplier late) {
    this.late = late;
    left = FLOOR + PER_CHARACTER * characters;
    comparisons = COMPARED_FLOOR + COMPARED_PER_CHARACTER * characters;
  }

  /// Counts `work` characters.
  ///
  /// @throws Exhausted if that is more than is left
  public void spend(long work) {
    left -= work;
    spent += work;
    if (left < 0) {
      throw new Exhausted("work");
    }
    if (spent - looked >= LOOK) {
      looked = spent;
      if (late.getAsBoolean()) {
        throw new Exhausted(TIME);
      }
    }
  }

  /// {@return how much has been counted}
  public long spent() {
    return spent;
  }

  /// Counts `work` characters compared with a secret, where whoever wrote the message must not
  /// learn what they were equal to. Apart from [#spend] and so much that only a secret that repeats
  /// itself without end gets there.
  ///
  /// @throws Exhausted if that is more than is left
  void compare(long work) {
    comparisons -= work;
    if (comparisons < 0) {
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
