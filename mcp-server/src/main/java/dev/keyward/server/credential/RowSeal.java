package dev.keyward.server.credential;

import dev.keyward.call.Seal;
import dev.keyward.redaction.Secret;
import dev.keyward.redaction.TouchesSecret;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import javax.crypto.SecretKey;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// Seals secrets for a row, which is bound in. Thread-safe.
public final class RowSeal {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Seal seal;

  /// @param key for AES, for one kind of rows only
  public RowSeal(SecretKey key, RandomGenerator random) {
    this.seal = new Seal(key, random);
  }

  /// {@return the secrets as a text}
  ///
  /// @param of what names the row
  @TouchesSecret
  public String seal(List<String> of, List<Secret> secrets) {
    ArrayNode plain = JsonNodeFactory.instance.arrayNode();
    secrets.forEach(secret -> plain.add(secret.<String>use(text -> text)));
    return seal.seal(of, JSON.writeValueAsBytes(plain));
  }

  /// {@return what was sealed; empty if it is not as it was stored}
  public Optional<List<Secret>> open(List<String> of, String sealed) {
    return seal.open(of, sealed).map(RowSeal::read);
  }

  private static List<Secret> read(byte[] plain) {
    List<Secret> secrets = new ArrayList<>();
    for (JsonNode text : JSON.readTree(plain)) {
      secrets.add(Secret.of(text.stringValue()));
    }
    return secrets;
  }
}
