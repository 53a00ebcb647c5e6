package dev.keyward.redaction.exact;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// Takes secrets apart into what must be found: themselves without blanks around, the body of a PEM
/// block, both halves of `user:password`, the password of a connection string, the telling parts of
/// a URL or JWT.
///
/// The patterns here run over the operator's own secrets, never over a message.
final class Leaves {
  private static final int SHORT = 8;
  private static final Pattern USERINFO = Pattern.compile("^[A-Za-z][\\w+.-]*://([^/?#\\s]*)@");
  private static final Pattern URL = Pattern.compile("(?s)^[A-Za-z][\\w+.-]*://\\S*$");
  private static final Pattern BASIC = Pattern.compile("^([^:/\\s{}\"]+):([^\\s]+)$");
  private static final Pattern ASSIGNED =
      Pattern.compile(
          "(?i)(?:^|[;&?\\s,])(?:password|passwd|pwd|pass|secret|token|apikey|api_key|accountkey|sharedaccesskey)\\s*=\\s*([^;&\\s]+)");
  private static final Pattern SCHEME =
      Pattern.compile("(?i)^(?:bearer|basic|token|apikey)\\s+(\\S+)$");
  private static final Pattern REGION = Pattern.compile("^[a-z]{2,3}(-[a-z]+)+-?\\d[a-z]?$");
  private static final Pattern EMAIL = Pattern.compile("^[\\w.+-]+@[\\w-]+(\\.[\\w-]+)+$");
  private static final Pattern HOST = Pattern.compile("^[a-z][a-z-]*(\\.[a-z][a-z-]*)+(:\\d+)?$");
  private static final Pattern WORDS = Pattern.compile("^[\\p{L}]+([ _.-][\\p{L}]+)*$");
  private static final Pattern PEM_BLOCK =
      Pattern.compile("-----BEGIN [^-]*-----(.*?)(?:-----END|$)", Pattern.DOTALL);

  private final List<Leaf> leaves = new ArrayList<>();
  private final Set<String> seen = new LinkedHashSet<>();
  private final Set<String> plain = new LinkedHashSet<>();
  private final Set<String> odd = new LinkedHashSet<>();

  List<Leaf> leaves() {
    return leaves;
  }

  /// {@return what is found only where a secret stands}
  Set<String> plain() {
    return plain;
  }

  /// {@return what is found as it is, collapsed}
  Set<String> odd() {
    return odd;
  }

  void add(String secret) {
    take(secret.strip(), false);
  }

  /// Adds a string out of a secret that is JSON: more of them are ordinary words.
  void addPart(String part) {
    take(part.strip(), true);
  }

  private void take(String value, boolean part) {
    if (value.isEmpty() || !seen.add(value)) {
      return;
    }
    if (value.contains("-----BEGIN ")) {
      pem(value);
    } else if (USERINFO.matcher(value).find()) {
      connection(value);
    } else if (URL.matcher(value).matches()) {
      url(value);
    } else if (ASSIGNED.matcher(value).find()) {
      assigned(value);
    } else if (SCHEME.matcher(value).matches()) {
      take(group(SCHEME, value, 1), part);
    } else if (BASIC.matcher(value).matches()) {
      take(group(BASIC, value, 1), true);
      take(group(BASIC, value, 2), false);
      whole(value);
    } else if (ordinary(value, part)) {
      plain.add(value);
    } else {
      strong(value);
    }
  }

  private void pem(String value) {
    var matcher = PEM_BLOCK.matcher(value);
    while (matcher.find()) {
      var body = new StringBuilder();
      for (String line : matcher.group(1).split("\\\\r|\\\\n|[\\r\\n]+", -1)) {
        body.append(line.contains(":") ? "" : line.strip());
      }
      if (!body.isEmpty()) {
        strong(body.toString());
      }
    }
  }

  private void connection(String value) {
    String userinfo = group(USERINFO, value, 1);
    int colon = userinfo.indexOf(':');
    if (colon > 0) {
      take(userinfo.substring(0, colon), true);
    }
    String password = userinfo.substring(colon + 1);
    take(password, false);
    Escapes.read(View.of(password)).ifPresent(read -> take(read.text(0, read.length()), false));
    assignedParts(value);
    whole(value);
  }

  /// A URL may be stored as a setting or for the key in its path; only its random parts are taken.
  private void url(String value) {
    plain.add(value);
    for (String piece : value.split("[/?#&=]", -1)) {
      if (!ordinary(piece, true) && piece.length() >= Leaf.TELLING && !piece.contains(":")) {
        take(piece, true);
      }
    }
    assignedParts(value);
  }

  private void assigned(String value) {
    assignedParts(value);
    whole(value);
  }

  private void assignedParts(String value) {
    var matcher = ASSIGNED.matcher(value);
    while (matcher.find()) {
      take(matcher.group(1), false);
    }
  }

  private void strong(String value) {
    int skeleton = Folded.of(View.of(value)).length();
    if (skeleton < GramIndex.GRAM) {
      View collapsed = Guarded.collapsed(View.of(value));
      odd.add(collapsed.text(0, collapsed.length()));
    }
    if (value.startsWith("eyJ") && value.indexOf('.') > 0) {
      leaves.add(Leaf.whole(value));
      leaves.add(Leaf.of(value.substring(value.indexOf('.') + 1)));
    } else {
      leaves.add(Leaf.of(value));
    }
  }

  private void whole(String value) {
    if (Folded.of(View.of(value)).length() >= GramIndex.GRAM) {
      leaves.add(Leaf.whole(value));
    }
  }

  /// {@return whether ordinary text holds such values, so that finding one proves nothing}
  static boolean ordinary(String value, boolean part) {
    int skeleton = Folded.of(View.of(value)).length();
    boolean words =
        WORDS.matcher(value).matches() && (part ? isOneCase(value) : skeleton < Leaf.TELLING);
    return value.codePointCount(0, value.length()) < SHORT
        || (words && isOneCase(value))
        || REGION.matcher(value).matches()
        || (part && (EMAIL.matcher(value).matches() || HOST.matcher(value).matches()))
        || (skeleton <= SHORT && value.chars().allMatch(Character::isDigit))
        || Guarded.collapsed(View.of(value)).length() < 5;
  }

  private static boolean isOneCase(String value) {
    String tail = value.substring(1);
    return tail.equals(tail.toLowerCase(Locale.ROOT)) || tail.equals(tail.toUpperCase(Locale.ROOT));
  }

  private static String group(Pattern pattern, String value, int group) {
    var matcher = pattern.matcher(value);
    return matcher.find() ? matcher.group(group) : "";
  }
}
