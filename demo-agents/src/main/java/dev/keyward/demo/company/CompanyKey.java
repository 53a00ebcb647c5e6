package dev.keyward.demo.company;

import java.security.MessageDigest;
import java.util.random.RandomGenerator;

/// The API key that a stand-in company has issued. It prints as its fingerprint.
public final class CompanyKey {
  private static final String ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

  private final String value;

  private CompanyKey(String value) {
    this.value = value;
  }

  /// {@return a new key of the CRM}
  ///
  /// It holds characters that look different in a URL, so that careless scrubbing would show.
  public static CompanyKey crm(RandomGenerator random) {
    return new CompanyKey(
        "crm_live_" + letters(12, random) + "+" + letters(11, random) + "/" + letters(8, random));
  }

  /// {@return a new test-mode key in Stripe's shape}
  public static CompanyKey payments(RandomGenerator random) {
    return new CompanyKey("sk_test_" + letters(48, random));
  }

  /// {@return what a customer's reset link opens with}
  public static CompanyKey resetToken(RandomGenerator random) {
    return new CompanyKey(letters(32, random));
  }

  /// {@return the key itself, for whoever stores it at the broker or searches for it}
  public String reveal() {
    return value;
  }

  /// {@return whether `presented` is this key, in a time that does not depend on where they differ}
  public boolean matches(String presented) {
    return MessageDigest.isEqual(Fingerprint.sha256(value), Fingerprint.sha256(presented));
  }

  /// {@return what may be shown}
  public Fingerprint fingerprint() {
    return Fingerprint.of(value);
  }

  @Override
  public String toString() {
    return "key " + fingerprint();
  }

  private static String letters(int count, RandomGenerator random) {
    var text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return text.toString();
  }
}
