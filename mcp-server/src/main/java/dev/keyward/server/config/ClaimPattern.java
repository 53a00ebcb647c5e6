package dev.keyward.server.config;

import java.util.regex.Pattern;

/// What a claim must be: a text, in which `*` stands for one or more characters other than `/` and
/// `:`, and `**` for one or more of any.
///
/// @param text as it is written, for example `repo:acme/shop:ref:refs/heads/*`
public record ClaimPattern(String text, Pattern regex) {
  private static final int MAX_LENGTH = 512;
  private static final int MAX_STARS = 4; // what matching may cost grows with their number
  private static final Pattern STARS = Pattern.compile("\\*+");

  /// {@return the pattern that is written so}
  ///
  /// @throws IllegalArgumentException naming the rule
  public static ClaimPattern of(String text) {
    if (text.isEmpty() || text.length() > MAX_LENGTH) {
      throw new IllegalArgumentException("must have 1 to " + MAX_LENGTH + " characters");
    }
    var regex = new StringBuilder();
    var stars = STARS.matcher(text);
    int from = 0;
    int count = 0;
    while (stars.find()) {
      if (stars.group().length() > 2 || ++count > MAX_STARS) {
        throw new IllegalArgumentException("may have at most " + MAX_STARS + " of * or **");
      }
      regex.append(Pattern.quote(text.substring(from, stars.start())));
      regex.append(stars.group().length() == 2 ? ".+" : "[^/:]+");
      from = stars.end();
    }
    regex.append(Pattern.quote(text.substring(from)));
    return new ClaimPattern(text, Pattern.compile(regex.toString(), Pattern.DOTALL));
  }

  /// {@return whether `value` is so; what is longer than any pattern need be is not}
  public boolean matches(String value) {
    return value.length() <= 2 * MAX_LENGTH && regex.matcher(value).matches();
  }
}
