package dev.keyward.server.audit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Pattern;

/// The public half of a [SigningKey], in the verifier form of C2SP's signed-note:
/// `name+keyid+base64`.
public final class VerifierKey {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9./_-]{0,126}");
  private static final Pattern LINE = Pattern.compile("([^+ ]+)\\+([0-9a-f]{8})\\+([^ ]+)");
  private static final byte ED25519 = 1;
  private static final byte[] SPKI_HEADER = HexFormat.of().parseHex("302a300506032b6570032100");
  private static final int ID_BYTES = 4;
  private static final int RAW_BYTES = 32;

  private final String name;
  private final byte[] raw;
  private final PublicKey key;

  private VerifierKey(String name, byte[] raw) {
    if (!NAME.matcher(name).matches() || raw.length != RAW_BYTES) {
      throw new IllegalArgumentException("key name must match " + NAME);
    }
    this.name = name;
    this.raw = raw;
    this.key = decode(raw);
  }

  /// Wraps a public key.
  ///
  /// @param name who signs; it stands in every signature line
  static VerifierKey of(String name, PublicKey key) {
    byte[] spki = key.getEncoded();
    return new VerifierKey(name, Arrays.copyOfRange(spki, SPKI_HEADER.length, spki.length));
  }

  /// Reads the line that [#toString] writes.
  ///
  /// @throws IllegalArgumentException if it has another shape, or its key id is not the key's
  public static VerifierKey parse(String line) {
    var parts = LINE.matcher(line.strip());
    if (!parts.matches()) {
      throw new IllegalArgumentException("public key must be name+keyid+base64");
    }
    byte[] typed = Base64.getDecoder().decode(parts.group(3));
    if (typed.length != RAW_BYTES + 1 || typed[0] != ED25519) {
      throw new IllegalArgumentException("public key must be an Ed25519 key");
    }
    var key = new VerifierKey(parts.group(1), Arrays.copyOfRange(typed, 1, typed.length));
    if (!key.id().equals(parts.group(2))) {
      throw new IllegalArgumentException("key id must be that of name and key");
    }
    return key;
  }

  /// Reads a public key file.
  ///
  /// @throws IllegalArgumentException if it does not hold one
  public static VerifierKey read(Path file) throws IOException {
    return parse(Files.readString(file));
  }

  /// {@return who signs}
  public String name() {
    return name;
  }

  /// {@return the first four bytes of SHA-256(name, newline, 0x01, key) in hexadecimal}
  public String id() {
    return HexFormat.of().formatHex(idBytes());
  }

  byte[] idBytes() {
    byte[] title = (name + "\n").getBytes(StandardCharsets.UTF_8);
    byte[] all = Arrays.copyOf(title, title.length + 1 + RAW_BYTES);
    all[title.length] = ED25519;
    System.arraycopy(raw, 0, all, title.length + 1, RAW_BYTES);
    return Arrays.copyOf(new AuditHash().plain(all), ID_BYTES);
  }

  /// {@return whether `signature` is this key's over `text`}
  boolean accepts(String text, byte[] signature) {
    try {
      var verifier = Signature.getInstance("Ed25519");
      verifier.initVerify(key);
      verifier.update(text.getBytes(StandardCharsets.UTF_8));
      return verifier.verify(signature);
    } catch (GeneralSecurityException e) {
      return false; // a signature of the wrong length or form is not one
    }
  }

  @Override
  public String toString() {
    byte[] typed = new byte[RAW_BYTES + 1];
    typed[0] = ED25519;
    System.arraycopy(raw, 0, typed, 1, RAW_BYTES);
    return name + "+" + id() + "+" + Base64.getEncoder().encodeToString(typed);
  }

  private static PublicKey decode(byte[] raw) {
    byte[] spki = Arrays.copyOf(SPKI_HEADER, SPKI_HEADER.length + RAW_BYTES);
    System.arraycopy(raw, 0, spki, SPKI_HEADER.length, RAW_BYTES);
    try {
      return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(spki));
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("public key must be a point of Ed25519", e);
    }
  }
}
