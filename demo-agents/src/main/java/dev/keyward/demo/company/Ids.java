package dev.keyward.demo.company;

import java.util.random.RandomGenerator;

/// Makes ids in Stripe's manner: a prefix, then letters and digits.
final class Ids {
  private static final String ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

  private final RandomGenerator random;

  Ids(RandomGenerator random) {
    this.random = random;
  }

  /// {@return `prefix` and 24 letters and digits}
  String next(String prefix) {
    return next(prefix, 24);
  }

  String next(String prefix, int length) {
    var id = new StringBuilder(prefix);
    for (int i = 0; i < length; i++) {
      id.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return id.toString();
  }
}
