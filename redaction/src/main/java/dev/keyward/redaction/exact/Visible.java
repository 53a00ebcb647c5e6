package dev.keyward.redaction.exact;

/// Reads a text as it shows: without tags and comments, terminal sequences, and what backspaces
/// erase.
final class Visible {
  private static final int LONGEST = 4096;

  private Visible() {}

  static View of(View view, Effort effort) {
    var out = new View.Builder(view, view.length());
    for (int i = 0; i < view.length(); ) {
      char c = view.at(i);
      int hidden =
          switch (c) {
            case '<' -> markup(view, i, effort);
            case 0x1b -> sequence(view, i);
            case 0x9b -> control(view, i + 1) - i;
            default -> 0;
          };
      if (c == '\b') {
        out.dropLast();
        i++;
      } else if (hidden > 0) {
        i += hidden;
      } else {
        out.add(c, i++);
      }
    }
    return out.build();
  }

  private static int markup(View view, int i, Effort effort) {
    char next = view.at(i + 1);
    boolean comment = next == '!' && view.at(i + 2) == '-' && view.at(i + 3) == '-';
    if (!comment && next != '/' && next != '!' && next != '?' && !Character.isLetter(next)) {
      return 0;
    }
    int limit = Math.min(view.length(), i + LONGEST);
    for (int k = i + (comment ? 4 : 1); k < limit; k++) {
      if (view.at(k) == '>' && (!comment || (view.at(k - 1) == '-' && view.at(k - 2) == '-'))) {
        return k + 1 - i;
      }
    }
    effort.spend(limit - i);
    return 0;
  }

  private static int sequence(View view, int i) {
    char next = view.at(i + 1);
    if (next == '[') {
      return control(view, i + 2) - i;
    }
    if (next != ']' && next != 'P' && next != '_' && next != '^') {
      return 2;
    }
    for (int k = i + 2; k < Math.min(view.length(), i + LONGEST); k++) {
      if (view.at(k) == 7 || view.at(k) == 0x9c) {
        return k + 1 - i;
      }
      if (view.at(k) == 0x1b && view.at(k + 1) == '\\') {
        return k + 2 - i;
      }
    }
    return 2;
  }

  /// {@return the place after a control sequence whose parameters start at `at`}
  private static int control(View view, int at) {
    int k = at;
    while (k < at + 64 && view.at(k) >= 0x20 && view.at(k) < 0x40) {
      k++;
    }
    return view.at(k) >= 0x40 && view.at(k) < 0x7f ? k + 1 : at;
  }
}
