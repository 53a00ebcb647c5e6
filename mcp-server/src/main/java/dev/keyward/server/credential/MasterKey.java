package dev.keyward.server.credential;

import dev.keyward.redaction.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import javax.crypto.KDF;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;

/// The one key from which every other key of this installation is derived.
///
/// Its file is one line: 32 random bytes as base64url without padding (RFC 4648, section 5), or the
/// line of a [LockedKey]. It is never used itself: each purpose derives a key of its own by its
/// label. Immutable, safe for all threads; prints nothing.
public final class MasterKey {
  private static final int BYTES = 32;
  private static final int TEXT_LENGTH = 43;
  private static final int MOST_BYTES = 256;
  private static final int FEWEST_DISTINCT = 8;
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  private final byte[] key;

  private MasterKey(byte[] key) {
    this.key = key;
  }

  /// Reads the key, and refuses a file that others could have read or that nobody made random.
  ///
  /// @throws UnusableFile if the file is missing, no regular file (a symbolic link included), open
  ///   to anyone but its owner, of another length or shape, or holds a placeholder
  public static MasterKey read(Path file) {
    return read(file, _ -> Optional.empty());
  }

  /// Reads the key, which a passphrase may lock.
  ///
  /// @throws UnusableFile as [#read(Path)], and if nobody knows the passphrase of a locked file
  public static MasterKey read(Path file, Passphrase passphrase) {
    checkShape(file);
    String text = text(file);
    if (!text.startsWith(LockedKey.FORMAT)) {
      return parse(file, text);
    }
    Secret secret =
        passphrase
            .of(file)
            .orElseThrow(
                () ->
                    new UnusableFile(
                        file,
                        "is locked with a passphrase: start at a terminal, or name the variable"
                            + " that holds it in config.yaml under"
                            + " secrets.master_key.passphrase_env"));
    return LockedKey.open(file, text, secret);
  }

  /// {@return the key of a file's line}
  ///
  /// @param file where it comes from
  /// @throws UnusableFile if the line is of another length or shape, or a placeholder
  static MasterKey parse(Path file, String text) {
    if (holdsPlaceholderWord(text)) {
      throw new UnusableFile(file, "holds a placeholder, not a key: " + HOW_TO_MAKE);
    }
    byte[] key = decode(file, text);
    if (notRandom(key)) {
      throw new UnusableFile(file, "holds a placeholder, not random bytes: " + HOW_TO_MAKE);
    }
    return new MasterKey(key);
  }

  private static final String HOW_TO_MAKE = "remove the file and let `keyward init` make one";

  /// Makes a new key in a new file that only its owner may read.
  ///
  /// @throws UnusableFile if there is a file of that name; it stays as it is
  public static MasterKey create(Path file) {
    return create(file, new SecureRandom());
  }

  /// Makes a new key from `random` in a new file that only its owner may read.
  ///
  /// @throws UnusableFile if there is a file of that name; it stays as it is
  public static MasterKey create(Path file, SecureRandom random) {
    MasterKey key = random(random);
    try {
      DurableFile.create(file, key.line().getBytes(StandardCharsets.US_ASCII));
    } catch (FileAlreadyExistsException e) {
      throw new UnusableFile(file, "exists already; a master key is never overwritten", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return key;
  }

  /// {@return a new key, in no file yet}
  public static MasterKey random(SecureRandom random) {
    byte[] key = new byte[BYTES];
    random.nextBytes(key);
    return new MasterKey(key);
  }

  /// {@return the key of these bytes, or empty if they are too many or too few}
  static Optional<MasterKey> of(byte[] key) {
    return key.length == BYTES ? Optional.of(new MasterKey(key.clone())) : Optional.empty();
  }

  byte[] bytes() {
    return key.clone();
  }

  /// {@return the line of a key file}
  String line() {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(key) + "\n";
  }

  /// {@return 32 bytes for the purpose `label`: HKDF-SHA256 (RFC 5869), no salt, the label as info}
  public byte[] derive(String label) {
    return derive(label, "Generic").getEncoded();
  }

  /// {@return the same 32 bytes as a key for `algorithm`, for example `AES`}
  public SecretKey derive(String label, String algorithm) {
    try {
      var parameters =
          HKDFParameterSpec.ofExtract()
              .addIKM(key)
              .thenExpand(label.getBytes(StandardCharsets.UTF_8), BYTES);
      return KDF.getInstance("HKDF-SHA256").deriveKey(algorithm, parameters);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("JDK 25 has HKDF-SHA256", e);
    }
  }

  @Override
  public String toString() {
    return "[master key]";
  }

  private static void checkShape(Path file) {
    PosixFileAttributes attributes;
    try {
      attributes = Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException e) {
      throw new UnusableFile(
          file,
          "is missing: put it back from your backup, since the stored secrets open with no other",
          e);
    } catch (UnsupportedOperationException e) {
      throw new UnusableFile(file, "must be on a file system that knows owners and modes", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (!attributes.isRegularFile()) {
      throw new UnusableFile(file, "must be a regular file, not a link or a folder");
    }
    if (!OWNER_ONLY.containsAll(attributes.permissions())) {
      throw new UnusableFile(
          file,
          "must have mode 0600 or 0400: close it with chmod 600, and if others may have read it,"
              + " replace every secret that it protects");
    }
  }

  private static String text(Path file) {
    var content = ByteBuffer.allocate(MOST_BYTES);
    try (var channel = FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      while (content.hasRemaining() && channel.read(content) >= 0) {}
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String text = new String(content.array(), 0, content.position(), StandardCharsets.ISO_8859_1);
    return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
  }

  private static byte[] decode(Path file, String text) {
    var shape = "must hold one line of " + TEXT_LENGTH + " base64url characters (32 bytes)";
    if (text.length() != TEXT_LENGTH) {
      throw new UnusableFile(file, shape);
    }
    try {
      byte[] key = Base64.getUrlDecoder().decode(text);
      if (!Base64.getUrlEncoder().withoutPadding().encodeToString(key).equals(text)) {
        throw new UnusableFile(file, shape);
      }
      return key;
    } catch (IllegalArgumentException e) {
      throw new UnusableFile(file, shape); // without the cause: its message quotes a character
    }
  }

  private static boolean holdsPlaceholderWord(String text) {
    String letters = text.toLowerCase(Locale.ROOT).replaceAll("[^a-z]", "");
    return letters.contains("changeme") || letters.contains("placeholder");
  }

  /// Whether the bytes are equal, count up or down, repeat a few, or spell text: of random keys one
  /// in 10^13 does.
  private static boolean notRandom(byte[] key) {
    Set<Byte> distinct = new HashSet<>();
    boolean even = true;
    boolean text = true;
    for (int i = 0; i < key.length; i++) {
      distinct.add(key[i]);
      even &= i == 0 || (byte) (key[i] - key[i - 1]) == (byte) (key[1] - key[0]);
      text &= key[i] >= ' ' && key[i] <= '~';
    }
    return even || text || distinct.size() < FEWEST_DISTINCT;
  }
}
