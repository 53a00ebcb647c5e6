package dev.keyward.server.audit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Set;

/// The Ed25519 key that signs checkpoints.
///
/// The private file is PKCS#8 in PEM, for its owner's eyes only (mode 0600); the public file holds
/// the [VerifierKey] line, to be kept where the broker's machine cannot change it.
public final class SigningKey {
  private static final String BEGIN = "-----BEGIN PRIVATE KEY-----";
  private static final String END = "-----END PRIVATE KEY-----";
  private static final Set<PosixFilePermission> OWNER_ONLY =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  private final PrivateKey key;
  private final VerifierKey verifier;

  private SigningKey(PrivateKey key, VerifierKey verifier) {
    this.key = key;
    this.verifier = verifier;
  }

  /// Makes a key and writes both files, neither of which may exist.
  ///
  /// @param name who signs, for example the broker's host name; stands in every signature line
  /// @throws IOException if a file exists or cannot be written
  public static SigningKey create(
      Path privateFile, Path publicFile, String name, SecureRandom random) throws IOException {
    KeyPair pair = generate(random);
    VerifierKey verifier = VerifierKey.of(name, pair.getPublic());
    Files.createFile(privateFile, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    Files.writeString(privateFile, pem(pair.getPrivate()), StandardCharsets.US_ASCII);
    Files.writeString(publicFile, verifier + "\n", StandardOpenOption.CREATE_NEW);
    return new SigningKey(pair.getPrivate(), verifier);
  }

  /// Reads both files.
  ///
  /// @throws IllegalArgumentException if others may read the private file, a file does not hold
  ///   what it should, or the two are not one pair; the message names the rule
  public static SigningKey read(Path privateFile, Path publicFile) throws IOException {
    if (!OWNER_ONLY.containsAll(Files.getPosixFilePermissions(privateFile))) {
      throw new IllegalArgumentException(
          "the audit's private key file must be readable by its owner only (mode 0600)");
    }
    var signer = new SigningKey(privateKey(privateFile), VerifierKey.read(publicFile));
    if (!signer.verifier.accepts("pair", signer.sign("pair"))) {
      throw new IllegalArgumentException("the audit's private and public key must be one pair");
    }
    return signer;
  }

  /// {@return the public half}
  public VerifierKey verifier() {
    return verifier;
  }

  /// {@return the signature over `text` in UTF-8, 64 bytes}
  byte[] sign(String text) {
    try {
      var signature = Signature.getInstance("Ed25519");
      signature.initSign(key);
      signature.update(text.getBytes(StandardCharsets.UTF_8));
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK signs with Ed25519", e);
    }
  }

  @Override
  public String toString() {
    return "[signing key " + verifier.id() + "]";
  }

  private static KeyPair generate(SecureRandom random) {
    try {
      var generator = KeyPairGenerator.getInstance("Ed25519");
      generator.initialize(NamedParameterSpec.ED25519, random);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has Ed25519", e);
    }
  }

  private static String pem(PrivateKey key) {
    return BEGIN + "\n" + Base64.getEncoder().encodeToString(key.getEncoded()) + "\n" + END + "\n";
  }

  private static PrivateKey privateKey(Path file) throws IOException {
    String text = Files.readString(file, StandardCharsets.US_ASCII).strip();
    if (!text.startsWith(BEGIN) || !text.endsWith(END)) {
      throw new IllegalArgumentException("the audit's private key file must be PKCS#8 in PEM");
    }
    String body = text.substring(BEGIN.length(), text.length() - END.length()).strip();
    try {
      var spec = new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(body));
      return KeyFactory.getInstance("Ed25519").generatePrivate(spec);
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("the audit's private key must be an Ed25519 key");
    }
  }
}
