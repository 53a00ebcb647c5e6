package dev.keyward.server.run;

import dev.keyward.call.Arguments;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// A bound on the sum of one argument over all calls that a grant covers.
///
/// @param sum the argument's name; a call without it, or with what is no positive number, is not
///   covered
/// @param atMost what the sum may reach
record Budget(String sum, BigDecimal atMost) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,63}");
  private static final int MOST_DIGITS = 15; // a double holds as many without loss

  /// Checks name and number.
  ///
  /// @throws IllegalArgumentException naming the field and the rule
  Budget {
    if (!NAME.matcher(sum).matches()) {
      throw new IllegalArgumentException("budget.sum must be the name of an argument");
    }
    if (atMost.signum() <= 0 || atMost.precision() > MOST_DIGITS || tooFine(atMost)) {
      throw new IllegalArgumentException("budget.at_most must be a number above 0");
    }
  }

  /// {@return what these arguments take of the budget; empty if that cannot be said}
  Optional<BigDecimal> share(Arguments arguments) {
    JsonNode value = arguments.json().path(sum);
    if (!value.isNumber()) {
      return Optional.empty();
    }
    BigDecimal share = value.decimalValue();
    boolean usable = share.signum() > 0 && !tooFine(share) && share.compareTo(atMost) <= 0;
    return usable ? Optional.of(share) : Optional.empty();
  }

  /// Whoever writes 1e-300 or 1e300 wants sums of three hundred digits.
  private static boolean tooFine(BigDecimal number) {
    return Math.abs((long) number.scale()) > MOST_DIGITS;
  }
}
