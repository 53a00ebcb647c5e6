package dev.keyward.redaction.exact;

/// Reads a text as it shows: without tags and comments, terminal sequences, and what backspaces
/// erase.
final class Visible {
  private static final int LONGEST = 4096;

  private final View view;
  private int tagEnd = -1; // the first one from where the last tag began, and so on
  private int commentEnd = -1;

  private Visible(View view) {
    this.view = view;
  }

  static View of(View view) {
    return new Visible(view).read();
  }

  private View read() {
    var out = new View.Builder(view, view.length());
    for (int i = 0; i < view.length(); ) {
      char c = view.at(i);
      int hidden =
          switch (c) {
            case '<' -> markup(i);
            case 0x1b -> sequence(i);
            case 0x9b -> control(i + 1) - i;
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

  private int markup(int i) {
    char next = view.at(i + 1);
    boolean comment = next == '!' && view.at(i + 2) == '-' && view.at(i + 3) == '-';
    if (!comment && next != '/' && next != '!' && next != '?' && !Character.isLetter(next)) {
      return 0;
    }
    int end = comment ? endOfComment(i + 4) : endOfTag(i + 1);
    return end < Math.min(view.length(), i + LONGEST) ? end + 1 - i : 0;
  }

  /// Both ends are searched for once, however many tags have none.
  private int endOfTag(int from) {
    tagEnd = Math.max(tagEnd, from);
    while (tagEnd < view.length() && view.at(tagEnd) != '>') {
      tagEnd++;
    }
    return tagEnd;
  }

  private int endOfComment(int from) {
    commentEnd = Math.max(commentEnd, from);
    while (commentEnd < view.length() && !endsComment(commentEnd)) {
      commentEnd++;
    }
    return commentEnd;
  }

  private boolean endsComment(int k) {
    return view.at(k) == '>' && view.at(k - 1) == '-' && view.at(k - 2) == '-';
  }

  private int sequence(int i) {
    char next = view.at(i + 1);
    if (next == '[') {
      return control(i + 2) - i;
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
  private int control(int at) {
    int k = at;
    while (k < at + 64 && view.at(k) >= 0x20 && view.at(k) < 0x40) {
      k++;
    }
    return view.at(k) >= 0x40 && view.at(k) < 0x7f ? k + 1 : at;
  }
}
