package dev.keyward.redaction.exact;

import org.jspecify.annotations.Nullable;

/// One search of one text: looks at it as it is, then as deep as its first pass asks for.
final class Search {
  private static final int ESCAPES_DEEP = 3;
  private static final int PACKED_DEEP = 3;
  private static final int EDGE = 2;

  /// Spellings that may be read in any order.
  private static final int SPELLED =
      FirstPass.ESCAPES
          | FirstPass.PRINTABLE
          | FirstPass.REVERSED
          | FirstPass.ROTATED
          | FirstPass.TAGS;

  private final GramIndex index;
  private final Guarded guarded;
  private final Amount amount;
  private final Effort effort;
  private final Spans found;
  private final FirstPass pass = new FirstPass(0); // of one view after another
  private final Looked looked = new Looked();
  private boolean manifold; // whether it pays to know what was looked at

  Search(GramIndex index, Guarded guarded, Amount amount, Effort effort, Spans found) {
    this.index = index;
    this.guarded = guarded;
    this.amount = amount;
    this.effort = effort;
    this.found = found;
  }

  /// Looks at `text` and everything that can be read out of it.
  void deep(View text) {
    deep(text, new Depth(0, 0, true, true));
  }

  /// Looks at what another reading has come to, unless some way has come to it before.
  private void again(View view, Depth depth) {
    if (manifold && looked.before(view, depth)) {
      effort.spend(view.length());
    } else {
      deep(view, depth);
    }
  }

  private void deep(View view, Depth depth) {
    effort.spend(2L * view.length());
    int flags = shallow(view);
    guarded.search(view, effort, found);
    manifold |= Integer.bitCount(flags & SPELLED) > 1;
    if ((flags & FirstPass.MARKUP) != 0) {
      View visible = Visible.of(view);
      shallow(visible);
      guarded.search(visible, effort, found);
    }
    if ((flags & FirstPass.TAGS) != 0 && depth.escapes() < ESCAPES_DEEP) {
      again(Tags.read(view), depth.escaped(ESCAPES_DEEP));
      again(Tags.alone(view), depth.escaped(depth.escapes() + 1));
    }
    if ((flags & FirstPass.QUOTED) != 0 && depth.quotes()) {
      effort.spend(4L * view.length());
      Quoted.of(view).forEach(joined -> again(joined, depth.joined(PACKED_DEEP)));
    }
    if ((flags & FirstPass.ESCAPES) != 0 && depth.escapes() < ESCAPES_DEEP) {
      Escapes.read(view).ifPresent(read -> again(read, depth.escaped(depth.escapes() + 1)));
    }
    if ((flags & FirstPass.PRINTABLE) != 0 && depth.escapes() < ESCAPES_DEEP) {
      Escapes.readPrintable(view)
          .ifPresent(read -> again(read, depth.escaped(depth.escapes() + 1)));
    }
    if ((flags & FirstPass.PACKED) != 0 && depth.packed() < PACKED_DEEP) {
      Packed.unpack(view, effort, bytes -> deep(bytes, depth.unpacked()));
    }
    if ((flags & FirstPass.REVERSED) != 0 && depth.turns()) {
      again(view.reversed(), depth.turned());
    }
    if ((flags & FirstPass.ROTATED) != 0 && depth.turns()) {
      again(view.rotated(), depth.turned());
    }
  }

  /// Looks only for what `view` shows as it is.
  ///
  /// @return which deeper looks it needs
  int shallow(View view) {
    pass.restart();
    int flags = pass.add(view.chars(), view.length());
    index.search(pass.folded(), 0, pass.length(), amount, effort, new Taking(view));
    return flags;
  }

  /// Takes what a view shows; only then places are needed.
  private final class Taking implements GramIndex.Shown {
    private final View view;
    private @Nullable Folded places;

    Taking(View view) {
      this.view = view;
    }

    @Override
    public boolean at(Spelling spelling, int from, int to, boolean whole) {
      if (places == null) {
        places = Folded.of(view);
      }
      took(view, places.place(from), places.place(to - 1), spelling, whole);
      return true;
    }
  }

  private void took(View view, int first, int last, Spelling spelling, boolean whole) {
    if (spelling.leaf().standsApart()
        && (Character.isDigit(view.at(first - 1)) || Character.isDigit(view.at(last + 1)))) {
      return;
    }
    int from = first;
    int to = last;
    switch (spelling.kind()) {
      case PLAIN -> {
        if (whole) {
          from -= alike(view, first, spelling.leaf().raw(), -1);
          to += alike(view, last, spelling.leaf().raw(), 1);
        }
      }
      case TURNED -> {}
      case PACKED, GROUPED -> {
        from -= edge(view, first, -1);
        to += edge(view, last, 1);
      }
    }
    add(view, from, to);
  }

  /// Adds the pieces of the text that the stretch stands for; what lies between them stays.
  private void add(View view, int first, int last) {
    int from = view.from(first);
    int to = view.to(first);
    for (int i = first + 1; i <= last; i++) {
      if (view.from(i) <= to && view.to(i) >= from) {
        from = Math.min(from, view.from(i));
        to = Math.max(to, view.to(i));
      } else {
        found.add(from, to);
        from = view.from(i);
        to = view.to(i);
      }
    }
    found.add(from, to);
  }

  /// {@return how many characters of punctuation at that end of the leaf the view has too}
  private static int alike(View view, int place, String raw, int step) {
    int at = step < 0 ? 0 : raw.length() - 1;
    while (at >= 0 && at < raw.length() && !Character.isLetterOrDigit(raw.charAt(at))) {
      at -= step;
    }
    int count = 0;
    for (at += step; at >= 0 && at < raw.length(); at += step) {
      if (view.at(place + step * (count + 1)) != raw.charAt(at)) {
        break;
      }
      count++;
    }
    return count;
  }

  /// The characters at the edge of a run hold bits of the secret and of its neighbour.
  private static int edge(View view, int place, int step) {
    int count = 0;
    while (count < EDGE && packs(view.at(place + step * (count + 1)))) {
      count++;
    }
    while (step > 0 && view.at(place + count + 1) == '=') {
      count++;
    }
    return count;
  }

  private static boolean packs(char c) {
    return (c < 128 && Fold.ASCII[c] != 0) || c == '+' || c == '/' || c == '-' || c == '_';
  }
}
