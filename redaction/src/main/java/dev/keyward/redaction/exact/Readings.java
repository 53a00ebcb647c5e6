package dev.keyward.redaction.exact;

import java.util.function.Consumer;

/// The other ways in which a text can be read, for those who look for what is not known: escapes
/// read, packed bytes unpacked.
///
/// A subset of what the search for known secrets reads, and no more than a few times the text: what
/// is found by rules is a matter of rates, so that what goes on beyond is left unread, not
/// withheld.
public final class Readings {
  private static final int DEEP = 3;
  private static final int LONGEST = 32 << 10;
  private static final long TIMES = 3;
  private static final long FLOOR = 4096;

  private final Consumer<View> each;
  private final Effort effort;
  private long left;

  private Readings(Consumer<View> each, Effort effort, long left) {
    this.each = each;
    this.effort = effort;
    this.left = left;
  }

  /// Gives each reading of `text` but the plain one to `each`.
  ///
  /// @throws Effort.Exhausted if the message may not cost more
  public static void of(String text, Effort effort, Consumer<View> each) {
    new Readings(each, effort, TIMES * text.length() + FLOOR).read(View.of(text), 0, 0);
  }

  private void read(View view, int escapes, int packed) {
    effort.spend(2L * view.length());
    int flags = new FirstPass(view.length()).add(view.chars(), view.length());
    if ((flags & FirstPass.ESCAPES) != 0 && escapes < DEEP) {
      Escapes.read(view).ifPresent(read -> next(read, escapes + 1, packed));
    }
    if ((flags & FirstPass.PRINTABLE) != 0 && escapes < DEEP) {
      Escapes.readPrintable(view).ifPresent(read -> next(read, escapes + 1, packed));
    }
    if ((flags & FirstPass.MARKUP) != 0 && escapes < DEEP) {
      next(Visible.of(view), DEEP, packed);
    }
    if ((flags & FirstPass.PACKED) != 0 && packed < DEEP && left > 0) {
      Packed.unpack(view, LONGEST, effort, bytes -> next(bytes, escapes, packed + 1));
    }
  }

  private void next(View view, int escapes, int packed) {
    left -= view.length();
    if (left >= 0) {
      each.accept(view);
      read(view, escapes, packed);
    }
  }
}
