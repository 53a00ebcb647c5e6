package dev.keyward.server.audit;

import dev.keyward.call.Arguments;
import dev.keyward.call.CallId;
import dev.keyward.store.Tx;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.random.RandomGenerator;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import org.jdbi.v3.core.statement.Query;

/// The arguments of calls, encrypted beside the chain, so that they can be erased without breaking
/// it. Thread-safe.
///
/// AES-256-GCM with a random nonce for each call; the call's name is bound in, so that one call's
/// arguments never open as another's.
public final class ArgumentVault {
  private static final int KEY_BYTES = 32;
  private static final int SALT_BYTES = 16;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;

  private final SecretKey key;
  private final Queue<Cipher> idle =
      new ConcurrentLinkedQueue<>(); // finding one costs as much as using it
  private final RandomGenerator random;

  /// Encrypts under `key`, 32 bytes that serve no other purpose.
  ///
  /// @param random unpredictable; a repeated nonce would undo the encryption
  /// @throws IllegalArgumentException if the key has another length
  public ArgumentVault(SecretKey key, RandomGenerator random) {
    byte[] encoded = key.getEncoded();
    if (encoded == null || encoded.length != KEY_BYTES) {
      throw new IllegalArgumentException("the argument key must have 32 bytes");
    }
    Arrays.fill(encoded, (byte) 0);
    this.key = key;
    this.random = random;
  }

  /// Encrypts and hashes; touches no database, so that it can be done before the transaction.
  public SealedArguments seal(CallId call, Arguments arguments) {
    byte[] plain = arguments.canonical().getBytes(StandardCharsets.UTF_8);
    byte[] salt = bytes(SALT_BYTES);
    byte[] nonce = bytes(NONCE_BYTES);
    HexFormat hex = HexFormat.of();
    return new SealedArguments(
        call,
        hash(salt, plain),
        hex.formatHex(salt),
        hex.formatHex(nonce),
        Base64.getUrlEncoder().withoutPadding().encodeToString(encrypt(call, nonce, plain)));
  }

  /// Stores what [#seal] made; once for each call.
  public void store(Tx tx, SealedArguments sealed) {
    tx.update(
        "INSERT INTO audit_arguments (call, salt, nonce, ciphertext, erased)"
            + " VALUES (?, ?, ?, ?, NULL)",
        sealed.call().value(),
        sealed.salt(),
        sealed.nonce(),
        sealed.ciphertext());
  }

  /// {@return the arguments of `call`, as far as they can be read}
  public StoredArguments open(Tx tx, CallId call) {
    return row(tx, call).map(row -> open(call, row)).orElseGet(StoredArguments.Absent::new);
  }

  /// Overwrites arguments and salt; the record keeps a hash that now tells nothing. The caller
  /// appends [AuditEvent.ArgumentsErased] in the same unit of work, where this returns true.
  ///
  /// The new text is as long as the old, so that SQLite writes over the old bytes in place. Its
  /// write-ahead log and backups keep older pages until they are themselves written over.
  ///
  /// @return whether there was something to erase
  public boolean erase(Tx tx, CallId call, Instant at) {
    Optional<Row> row = row(tx, call).filter(found -> found.erased().isEmpty());
    row.ifPresent(
        found ->
            tx.sql()
                .execute(
                    "UPDATE audit_arguments SET salt = ?, nonce = ?, ciphertext = ?, erased = ?"
                        + " WHERE call = ?",
                    "0".repeat(found.salt().length()),
                    "0".repeat(found.nonce().length()),
                    "0".repeat(found.ciphertext().length()),
                    at.toEpochMilli(),
                    call.value()));
    return row.isPresent();
  }

  private record Row(String salt, String nonce, String ciphertext, Optional<Instant> erased) {}

  private static Optional<Row> row(Tx tx, CallId call) {
    try (Query query =
        tx.sql()
            .createQuery(
                "SELECT salt, nonce, ciphertext, COALESCE(erased, -1) AS erased_at"
                    + " FROM audit_arguments WHERE call = :call")) {
      return query
          .bind("call", call.value())
          .map(
              (found, _) ->
                  new Row(
                      found.getString("salt"),
                      found.getString("nonce"),
                      found.getString("ciphertext"),
                      Optional.of(found.getLong("erased_at"))
                          .filter(at -> at >= 0)
                          .map(Instant::ofEpochMilli)))
          .findOne();
    }
  }

  private StoredArguments open(CallId call, Row row) {
    if (row.erased().isPresent()) {
      return new StoredArguments.Erased(row.erased().get());
    }
    try {
      byte[] nonce = HexFormat.of().parseHex(row.nonce());
      Cipher cipher = cipher();
      begin(cipher, Cipher.DECRYPT_MODE, call, nonce);
      byte[] plain = cipher.doFinal(Base64.getUrlDecoder().decode(row.ciphertext()));
      return new StoredArguments.Held(
          new String(plain, StandardCharsets.UTF_8),
          hash(HexFormat.of().parseHex(row.salt()), plain));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return new StoredArguments.Damaged(); // another key, another call, or changed
    }
  }

  private byte[] encrypt(CallId call, byte[] nonce, byte[] plain) {
    try {
      Cipher known = idle.poll();
      Cipher cipher = known == null ? cipher() : known;
      begin(cipher, Cipher.ENCRYPT_MODE, call, nonce);
      byte[] sealed = cipher.doFinal(plain);
      idle.add(cipher);
      return sealed;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK encrypts with AES-256-GCM", e);
    }
  }

  private static Cipher cipher() throws GeneralSecurityException {
    return Cipher.getInstance("AES/GCM/NoPadding");
  }

  private void begin(Cipher cipher, int mode, CallId call, byte[] nonce)
      throws GeneralSecurityException {
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(("keyward arguments 1 " + call.value()).getBytes(StandardCharsets.UTF_8));
  }

  private static String hash(byte[] salt, byte[] plain) {
    byte[] both = Arrays.copyOf(salt, salt.length + plain.length);
    System.arraycopy(plain, 0, both, salt.length, plain.length);
    return AuditHash.hex(new AuditHash().plain(both));
  }

  private byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }
}
