package dev.keyward.server.credential;

import dev.keyward.call.Hashes;
import dev.keyward.catalog.CredentialRef;
import dev.keyward.redaction.Secret;
import dev.keyward.redaction.TouchesSecret;
import dev.keyward.server.credential.EncryptedFileJson.Sealed;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// The cryptography of the [EncryptedFile]: seals and opens one version, and signs the whole.
///
/// A box is base64url of a 12-byte random nonce followed by AES-256-GCM's ciphertext and 16-byte
/// tag. A version's key seals exactly one box; the wrapping key seals one small box a version.
final class SealingKeys {
  private static final int KEY_BYTES = 32;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final String KEK = "keyward/secret-file/v1/kek";
  private static final String MAC = "keyward/secret-file/v1/mac";
  private static final String CHECK = "keyward/secret-file/v1/check";
  private static final byte[] ROOT = "keyward/1\nroot".getBytes(StandardCharsets.UTF_8);

  private final SecretKey wrapping;
  private final SecretKey signing;
  private final byte[] check;
  private final SecureRandom random;

  SealingKeys(MasterKey master, SecureRandom random) {
    this.wrapping = master.derive(KEK, "AES");
    this.signing = master.derive(MAC, "HmacSHA256");
    this.check = Arrays.copyOf(master.derive(CHECK), NONCE_BYTES);
    this.random = random;
  }

  /// {@return 12 bytes by which a file tells that another master key wrote it}
  byte[] check() {
    return check.clone();
  }

  /// {@return HMAC-SHA256 over `text`}
  byte[] sign(String text) {
    return Hashes.hmac(signing, text);
  }

  @TouchesSecret
  Sealed seal(StoredSecret shown, Secret value) {
    byte[] plain = value.use(text -> text.getBytes(StandardCharsets.UTF_8));
    byte[] key = new byte[KEY_BYTES];
    random.nextBytes(key);
    try {
      String ciphertext = box(aes(key), bound("value", shown), plain);
      return new Sealed(shown, box(wrapping, bound("key", shown), key), ciphertext);
    } finally {
      Arrays.fill(key, (byte) 0);
      Arrays.fill(plain, (byte) 0);
    }
  }

  /// {@return the value, or empty if a box was changed or belongs to another name or version}
  Optional<Secret> open(Sealed sealed) {
    return unbox(wrapping, bound("key", sealed.shown()), sealed.wrappedKey())
        .flatMap(key -> unbox(aes(key), bound("value", sealed.shown()), sealed.ciphertext()))
        .map(plain -> Secret.of(new String(plain, StandardCharsets.UTF_8)));
  }

  /// {@return a former master key in a box, which only these keys open}
  String sealRoot(MasterKey root) {
    return box(wrapping, ROOT, root.bytes());
  }

  /// {@return the master key in the box, or empty if the box was changed or is another's}
  Optional<MasterKey> openRoot(String box) {
    return unbox(wrapping, ROOT, box).flatMap(MasterKey::of);
  }

  private static SecretKey aes(byte[] key) {
    return new SecretKeySpec(key, "AES");
  }

  /// The associated data; none of the parts can hold the line feed that separates them.
  private static byte[] bound(String what, StoredSecret shown) {
    CredentialRef ref = shown.ref();
    return String.join(
            "\n", "keyward/1", what, ref.path(), ref.field(), Integer.toString(shown.version()))
        .getBytes(StandardCharsets.UTF_8);
  }

  private String box(SecretKey key, byte[] bound, byte[] plain) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    try {
      byte[] sealed = cipher(Cipher.ENCRYPT_MODE, key, nonce, bound).doFinal(plain);
      byte[] box = ByteBuffer.allocate(NONCE_BYTES + sealed.length).put(nonce).put(sealed).array();
      return Base64.getUrlEncoder().withoutPadding().encodeToString(box);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has AES/GCM", e);
    }
  }

  private static Optional<byte[]> unbox(SecretKey key, byte[] bound, String text) {
    byte[] box = Base64.getUrlDecoder().decode(text);
    if (box.length < NONCE_BYTES + TAG_BITS / Byte.SIZE) {
      return Optional.empty();
    }
    byte[] nonce = Arrays.copyOf(box, NONCE_BYTES);
    try {
      var cipher = cipher(Cipher.DECRYPT_MODE, key, nonce, bound);
      return Optional.of(cipher.doFinal(box, NONCE_BYTES, box.length - NONCE_BYTES));
    } catch (AEADBadTagException e) {
      return Optional.empty();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has AES/GCM", e);
    }
  }

  private static Cipher cipher(int mode, SecretKey key, byte[] nonce, byte[] bound)
      throws GeneralSecurityException {
    var cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(bound);
    return cipher;
  }
}
