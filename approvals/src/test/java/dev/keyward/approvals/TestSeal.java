package dev.keyward.approvals;

import dev.keyward.call.Seal;
import java.security.SecureRandom;
import javax.crypto.spec.SecretKeySpec;

/// A seal for previews, always under the same key, so that another broker opens what one has
/// sealed.
public final class TestSeal {
  private TestSeal() {}

  /// {@return the seal}
  public static Seal make() {
    return new Seal(new SecretKeySpec(new byte[32], "AES"), new SecureRandom());
  }
}
