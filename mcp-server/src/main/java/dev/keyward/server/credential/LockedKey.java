package dev.keyward.server.credential;

import dev.keyward.redaction.Secret;
import dev.keyward.redaction.TouchesSecret;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/// A master key that a passphrase locks: one line in the place of the key.
///
/// ```text
/// keyward-locked/1 argon2id 65536 3 1 SALT BOX
/// ```
///
/// Memory in KiB, passes and lanes of Argon2id (RFC 9106), its 16-byte salt, and the key sealed
/// with AES-256-GCM under what Argon2id gives, all before the box being its associated data; a box
/// begins with its 12-byte nonce. Bytes are base64url without padding. The key itself is random as
/// ever, so that another passphrase is another line and nothing else.
final class LockedKey {
  static final String FORMAT = "keyward-locked/1";

  private static final Pattern LINE =
      Pattern.compile(
          "((?<format>keyward-locked/1) argon2id (?<memory>[0-9]{1,7}) (?<passes>[0-9]{1,2})"
              + " (?<lanes>[0-9]{1,2}) (?<salt>[A-Za-z0-9_-]{22})) (?<box>[A-Za-z0-9_-]{80})");

  private static final int MEMORY_KIB = 64 << 10;
  private static final int PASSES = 3;
  private static final int LANES = 1;
  private static final int LEAST_MEMORY_KIB = 8 << 10;
  private static final int MOST_MEMORY_KIB = 4 << 20;
  private static final int SALT_BYTES = 16;
  private static final int KEY_BYTES = 32;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

  private LockedKey() {}

  /// {@return the line that locks `key` with `passphrase`}
  static String lock(MasterKey key, Secret passphrase, SecureRandom random) {
    byte[] salt = bytes(random, SALT_BYTES);
    byte[] nonce = bytes(random, NONCE_BYTES);
    String head =
        String.join(
            " ",
            FORMAT,
            "argon2id",
            Integer.toString(MEMORY_KIB),
            Integer.toString(PASSES),
            Integer.toString(LANES),
            ENCODER.encodeToString(salt));
    byte[] stretched = stretched(passphrase, MEMORY_KIB, PASSES, LANES, salt);
    byte[] plain = key.bytes();
    try {
      byte[] sealed = cipher(Cipher.ENCRYPT_MODE, stretched, nonce, head).doFinal(plain);
      byte[] box = Arrays.copyOf(nonce, NONCE_BYTES + sealed.length);
      System.arraycopy(sealed, 0, box, NONCE_BYTES, sealed.length);
      return head + " " + ENCODER.encodeToString(box) + "\n";
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has AES/GCM", e);
    } finally {
      Arrays.fill(stretched, (byte) 0);
      Arrays.fill(plain, (byte) 0);
    }
  }

  /// {@return the key that `line` of `file` locks}
  ///
  /// @throws UnusableFile if the line has another shape, or the passphrase is another one
  static MasterKey open(Path file, String line, Secret passphrase) {
    Matcher parts = LINE.matcher(line);
    if (!parts.matches()) {
      throw damaged(file);
    }
    int memory = Integer.parseInt(parts.group("memory"));
    int passes = Integer.parseInt(parts.group("passes"));
    int lanes = Integer.parseInt(parts.group("lanes"));
    if (memory < LEAST_MEMORY_KIB || memory > MOST_MEMORY_KIB || passes < 1 || lanes < 1) {
      throw damaged(file);
    }
    byte[] salt = Base64.getUrlDecoder().decode(parts.group("salt"));
    byte[] box = Base64.getUrlDecoder().decode(parts.group("box"));
    byte[] stretched = stretched(passphrase, memory, passes, lanes, salt);
    try {
      byte[] key =
          cipher(Cipher.DECRYPT_MODE, stretched, Arrays.copyOf(box, NONCE_BYTES), parts.group(1))
              .doFinal(box, NONCE_BYTES, box.length - NONCE_BYTES);
      return MasterKey.of(key).orElseThrow(() -> damaged(file));
    } catch (AEADBadTagException e) {
      throw new UnusableFile(file, "opens with another passphrase, or was changed");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has AES/GCM", e);
    } finally {
      Arrays.fill(stretched, (byte) 0);
    }
  }

  private static UnusableFile damaged(Path file) {
    return new UnusableFile(file, "is no whole line of the format " + FORMAT);
  }

  @TouchesSecret
  private static byte[] stretched(
      Secret passphrase, int memory, int passes, int lanes, byte[] salt) {
    var argon2 = new Argon2BytesGenerator();
    argon2.init(
        new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
            .withVersion(Argon2Parameters.ARGON2_VERSION_13)
            .withMemoryAsKB(memory)
            .withIterations(passes)
            .withParallelism(lanes)
            .withSalt(salt)
            .build());
    byte[] typed = passphrase.use(text -> text.getBytes(StandardCharsets.UTF_8));
    byte[] stretched = new byte[KEY_BYTES];
    argon2.generateBytes(typed, stretched);
    Arrays.fill(typed, (byte) 0);
    return stretched;
  }

  private static Cipher cipher(int mode, byte[] key, byte[] nonce, String bound)
      throws GeneralSecurityException {
    var cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(bound.getBytes(StandardCharsets.US_ASCII));
    return cipher;
  }

  private static byte[] bytes(SecureRandom random, int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }
}
