package dev.keyward.catalog;

import com.networknt.schema.regex.RegularExpression;
import com.networknt.schema.regex.RegularExpressions;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// A regular expression of a schema that gives up on a text before it costs much.
///
/// The JDK's engine goes back and forth over a text, on some patterns for as long as one likes.
/// This one counts its steps, and a text on which it gives up does not match.
final class BoundedPattern implements RegularExpression {
  private static final int STEPS = 2_000_000; // some milliseconds
  private final Pattern pattern;

  /// Compiles `regex`.
  ///
  /// @throws PatternSyntaxException if it is none
  BoundedPattern(String regex) {
    // ECMA-262 and the JDK differ in what `$` and the long names of properties mean.
    String translated =
        RegularExpressions.replaceLongformCharacterProperties(
            RegularExpressions.replaceDollarAnchors(regex));
    this.pattern = Pattern.compile(translated);
  }

  @Override
  public boolean matches(String value) {
    try {
      return pattern.matcher(new Counted(value, new Steps())).find();
    } catch (GaveUp | StackOverflowError e) {
      return false;
    }
  }

  @SuppressWarnings("serial") // never serialized
  private static final class GaveUp extends RuntimeException {
    GaveUp() {
      super("too many steps", null, false, false);
    }
  }

  private static final class Steps {
    private int left = STEPS;

    void take() {
      if (--left < 0) {
        throw new GaveUp();
      }
    }
  }

  /// @param steps shared with parts of the text
  private record Counted(String text, Steps steps) implements CharSequence {
    @Override
    public int length() {
      return text.length();
    }

    @Override
    public char charAt(int index) {
      steps.take();
      return text.charAt(index);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return new Counted(text.substring(start, end), steps);
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
