package dev.keyward.redaction.exact;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Finds the secrets that ordinary text is full of (`test`, `2026`, `us-east-1`) only where a
/// secret stands: under a secret's name, in the userinfo of a URL, in an authorization header. And
/// those of nearly only punctuation, as they are.
final class Guarded {
  private static final int NAME = 48;
  private static final int USERINFO = 256;
  private static final int TOKEN = 512;
  private static final Set<String> NAMES =
      Set.of(
          "password",
          "passwd",
          "pwd",
          "pass",
          "passphrase",
          "passcode",
          "secret",
          "token",
          "apikey",
          "auth",
          "authorization",
          "credential",
          "credentials",
          "pin",
          "pw");
  private static final Set<String> KEYS =
      Set.of("api", "access", "secret", "private", "signing", "auth");

  private final List<String> plain;
  private final List<String> odd;

  /// Finds `plain` where a secret stands, and `odd`, already collapsed, anywhere.
  Guarded(Set<String> plain, Set<String> odd) {
    this.plain = List.copyOf(plain);
    this.odd = List.copyOf(odd);
  }

  boolean isEmpty() {
    return plain.isEmpty() && odd.isEmpty();
  }

  /// {@return `text` without what quoting adds: escapes, carets, doubled punctuation, white space}
  static View collapsed(View text) {
    var out = new View.Builder(text, text.length());
    char before = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.at(i);
      boolean added = c == '\\' || c == '^' || Character.isWhitespace(c);
      if (!added && (c != before || Character.isLetterOrDigit(c))) {
        out.add(c, i);
        before = c;
      }
    }
    return out.build();
  }

  void search(View view, Effort effort, Spans found) {
    if (!odd.isEmpty()) {
      searchOdd(view, effort, found);
    }
    if (!plain.isEmpty()) {
      searchPlain(view, effort, found);
    }
  }

  /// Looks at `view` as the value of the field `name`.
  void searchValue(String name, View view, Effort effort, Spans found) {
    if (!plain.isEmpty() && namesSecret(name)) {
      value(view, 0, effort, found);
    }
  }

  private void searchOdd(View view, Effort effort, Spans found) {
    View collapsed = collapsed(view);
    String text = collapsed.text(0, collapsed.length());
    for (String one : odd) {
      effort.spend(text.length());
      for (int at = text.indexOf(one); at >= 0; at = text.indexOf(one, at + 1)) {
        found.add(collapsed.from(at), collapsed.to(at + one.length() - 1));
      }
    }
  }

  private void searchPlain(View view, Effort effort, Spans found) {
    for (int i = 0; i < view.length(); i++) {
      switch (view.at(i)) {
        case ':' -> {
          if (view.at(i + 1) == '/' && view.at(i + 2) == '/') {
            userinfo(view, i + 3, effort, found);
          }
          assigned(view, i, 1, effort, found);
        }
        case '=', '>' -> assigned(view, i, 1, effort, found);
        case ' ' -> {
          boolean is = view.at(i + 1) == 'i' && view.at(i + 2) == 's' && view.at(i + 3) == ' ';
          if (is || optionBefore(view, i)) {
            assigned(view, i, is ? 4 : 1, effort, found);
          }
        }
        default -> {}
      }
    }
  }

  private static boolean optionBefore(View view, int at) {
    int start = nameStart(view, at);
    return view.at(start) == '-' && view.at(start + 1) == '-';
  }

  private void assigned(View view, int at, int width, Effort effort, Spans found) {
    int end = at;
    while (end > 0 && end > at - 6 && !isName(view.at(end - 1))) {
      end--;
    }
    int start = nameStart(view, end);
    if (start < end && namesSecret(view.text(start, end))) {
      value(view, at + width, effort, found);
    }
  }

  private static int nameStart(View view, int end) {
    int start = end;
    while (start > 0 && end - start < NAME && isName(view.at(start - 1))) {
      start--;
    }
    return start;
  }

  private static boolean isName(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '-' || c == '.';
  }

  private void value(View view, int at, Effort effort, Spans found) {
    int start = at;
    while (start < at + 12 && "=>: \t\r\n\"'`([{\\".indexOf(view.at(start)) >= 0) {
      start++;
    }
    for (String scheme : new String[] {"Bearer ", "Basic ", "Token ", "Digest "}) {
      if (startsAt(view, start, scheme, true)) {
        start += scheme.length();
      }
    }
    for (String one : plain) {
      effort.spend(1);
      if (startsAt(view, start, one, false) && !isName(view.at(start + one.length()))) {
        found.add(view.from(start), view.to(start + one.length() - 1));
      }
    }
    packed(view, start, effort, found);
  }

  /// A value that is one of them in base64, alone or as the password after `user:`.
  private void packed(View view, int start, Effort effort, Spans found) {
    int end = start;
    while (end - start < TOKEN && (isName(view.at(end)) || "+/=".indexOf(view.at(end)) >= 0)) {
      end++;
    }
    String token = view.text(start, Math.min(end, view.length()));
    effort.spend(token.length());
    String text = unpacked(token);
    for (String one : plain) {
      if (!text.isEmpty()
          && (text.equals(one) || text.endsWith(":" + one) || text.startsWith(one + ":"))) {
        found.add(view.from(start), view.to(end - 1));
      }
    }
  }

  private static String unpacked(String token) {
    try {
      String standard = token.replace('-', '+').replace('_', '/');
      return new String(Base64.getDecoder().decode(standard), StandardCharsets.UTF_8).strip();
    } catch (IllegalArgumentException notBase64) {
      return "";
    }
  }

  private void userinfo(View view, int start, Effort effort, Spans found) {
    int colon = -1;
    for (int k = start; k < Math.min(view.length(), start + USERINFO); k++) {
      char c = view.at(k);
      if (c == '@') {
        part(view, start, colon < 0 ? k : colon, found);
        part(view, colon < 0 ? k : colon + 1, k, found);
        return;
      }
      if (c == '/' || Character.isWhitespace(c)) {
        return;
      }
      colon = c == ':' && colon < 0 ? k : colon;
    }
    effort.spend(USERINFO);
  }

  private void part(View view, int from, int to, Spans found) {
    if (to > from && plain.contains(view.text(from, to))) {
      found.add(view.from(from), view.to(to - 1));
    }
  }

  private static boolean startsAt(View view, int at, String text, boolean anyCase) {
    return at + text.length() <= view.length()
        && view.text(at, at + text.length()).regionMatches(anyCase, 0, text, 0, text.length());
  }

  /// {@return whether a field of that name holds a secret, going by its words}
  static boolean namesSecret(String name) {
    String before = "";
    for (String word : words(name)) {
      if (NAMES.contains(word) || (word.equals("key") && KEYS.contains(before))) {
        return true;
      }
      before = word;
    }
    return false;
  }

  private static List<String> words(String name) {
    var spaced = new StringBuilder();
    for (int i = 0; i < Math.min(name.length(), 4 * NAME); i++) {
      char c = name.charAt(i);
      boolean hump = i > 0 && Character.isUpperCase(c) && Character.isLowerCase(name.charAt(i - 1));
      spaced.append(hump ? " " : "").append(Character.isLetter(c) ? c : ' ');
    }
    return List.of(spaced.toString().toLowerCase(Locale.ROOT).trim().split(" +", -1));
  }
}
