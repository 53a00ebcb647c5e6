package dev.keyward.server.token;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// The public keys of an issuer as they were read at one moment (RFC 7517, section 5). Equal to no
/// other: what was found good with one is not good with the next.
final class KeySet {
  private static final int MOST_KEYS = 64;
  private static final int LEAST_RSA_BITS = 2048;

  /// What a key may be for; `jwt-svid` is SPIFFE's word (SPIFFE Trust Domain and Bundle, 4.2.2).
  private static final Set<String> USES = Set.of("sig", "jwt-svid");

  private final List<JWK> keys;
  private final Instant read;

  /// @param keys those that can check a signature; the others are left out
  KeySet(List<JWK> keys, Instant read) {
    this.keys = List.copyOf(keys);
    this.read = read;
  }

  /// {@return when it was read}
  Instant read() {
    return read;
  }

  /// Reads a set.
  ///
  /// @throws IOException if it is none, or has no key that is of use
  static KeySet parse(String text, Instant read) throws IOException {
    List<JWK> keys = new ArrayList<>();
    for (JsonNode key : TokenJson.object(text.getBytes(StandardCharsets.UTF_8)).path("keys")) {
      if (keys.size() < MOST_KEYS) {
        add(keys, key);
      }
    }
    if (keys.isEmpty()) {
      throw new IOException("no key in it can check a signature");
    }
    return new KeySet(keys, read);
  }

  /// A key that cannot be read must not take the others with it.
  private static void add(List<JWK> keys, JsonNode json) {
    try {
      JWK key = JWK.parse(json.toString());
      boolean strong =
          key instanceof ECKey || (key instanceof RSAKey && key.size() >= LEAST_RSA_BITS);
      if (strong && (key.getKeyUse() == null || USES.contains(key.getKeyUse().getValue()))) {
        keys.add(key.toPublicJWK());
      }
    } catch (ParseException | IllegalArgumentException e) {
      // of a kind that is not known here
    }
  }

  /// {@return the keys that may have made a token with this header}
  ///
  /// A token that names none is only good where there is no choice.
  List<JWK> fitting(JWSHeader header) {
    List<JWK> fitting = keys.stream().filter(key -> fits(key, header)).toList();
    return header.getKeyID() == null && fitting.size() > 1 ? List.of() : fitting;
  }

  private static boolean fits(JWK key, JWSHeader header) {
    JWSAlgorithm algorithm = header.getAlgorithm();
    boolean kind =
        key instanceof RSAKey
            ? JWSAlgorithm.Family.RSA.contains(algorithm)
            : JWSAlgorithm.Family.EC.contains(algorithm);
    return kind
        && (key.getAlgorithm() == null || key.getAlgorithm().equals(algorithm))
        && (header.getKeyID() == null || header.getKeyID().equals(key.getKeyID()));
  }
}
