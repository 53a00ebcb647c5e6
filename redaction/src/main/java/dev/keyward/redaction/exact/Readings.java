package dev.keyward.redaction.exact;

import java.util.function.Consumer;

/// The other ways in which a text can be read, for those who look for what is not known: escapes
/// read, packed bytes unpacked.
///
/// A subset of what the search for known secrets reads: of that all readings can be trusted, of
/// guesses only those in which a text is still a text.
public final class Readings {
  private static final int DEEP = 3;

  private Readings() {}

  /// Gives each reading of `text` but the plain one to `each`.
  ///
  /// @throws Effort.Exhausted if the message may not cost more
  public static void of(String text, Effort effort, Consumer<View> each) {
    of(View.of(text), effort, each, 0, 0);
  }

  private static void of(View view, Effort effort, Consumer<View> each, int escapes, int packed) {
    effort.spend(2L * view.length());
    int flags = new FirstPass(view.length()).add(view.chars(), view.length());
    if ((flags & FirstPass.ESCAPES) != 0 && escapes < DEEP) {
      Escapes.read(view).ifPresent(read -> next(read, effort, each, escapes + 1, packed));
    }
    if ((flags & FirstPass.PRINTABLE) != 0 && escapes < DEEP) {
      Escapes.readPrintable(view).ifPresent(read -> next(read, effort, each, escapes + 1, packed));
    }
    if ((flags & FirstPass.PACKED) != 0 && packed < DEEP) {
      Packed.unpack(view, effort, bytes -> next(bytes, effort, each, escapes, packed + 1));
    }
  }

  private static void next(
      View view, Effort effort, Consumer<View> each, int escapes, int packed) {
    each.accept(view);
    of(view, effort, each, escapes, packed);
  }
}
