package dev.keyward.server.task;

import dev.keyward.call.AgentId;
import dev.keyward.call.CanonicalJson;
import dev.keyward.call.RunId;
import dev.keyward.call.TaskId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.Optional;
import java.util.random.RandomGenerator;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/// Seals what a task was asked and what came of it: AES-256-GCM with a random nonce for each, and
/// whose task it is bound in, so that a row that was changed does not open. Thread-safe.
final class TaskSeal {
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final JsonMapper JSON = JsonMapper.shared();

  private final SecretKey key;
  private final RandomGenerator random;

  /// Which of the two texts of a task.
  enum Part {
    REQUEST,
    RESULT
  }

  /// Whose text it is.
  record Of(TaskId task, AgentId agent, RunId run, Part part) {
    Of(Task task, Part part) {
      this(task.id(), task.agent(), task.run(), part);
    }
  }

  TaskSeal(SecretKey key, RandomGenerator random) {
    this.key = key;
    this.random = random;
  }

  /// {@return nonce and ciphertext, as base64url without padding}
  String seal(Of of, JsonNode plain) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    try {
      byte[] text = cipher(Cipher.ENCRYPT_MODE, nonce, of).doFinal(JSON.writeValueAsBytes(plain));
      byte[] both = ByteBuffer.allocate(nonce.length + text.length).put(nonce).put(text).array();
      return Base64.getUrlEncoder().withoutPadding().encodeToString(both);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a task cannot be sealed", e);
    }
  }

  /// {@return what was sealed; empty if it is not as it was stored}
  Optional<JsonNode> open(Of of, String sealed) {
    try {
      byte[] both = Base64.getUrlDecoder().decode(sealed);
      byte[] nonce = new byte[NONCE_BYTES];
      ByteBuffer.wrap(both).get(nonce);
      byte[] plain =
          cipher(Cipher.DECRYPT_MODE, nonce, of)
              .doFinal(both, NONCE_BYTES, both.length - NONCE_BYTES);
      return Optional.of(JSON.readTree(plain));
    } catch (GeneralSecurityException | RuntimeException changed) {
      return Optional.empty();
    }
  }

  private Cipher cipher(int mode, byte[] nonce, Of of) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    var bound = JsonNodeFactory.instance.arrayNode().add("task 1");
    bound.add(of.task.value()).add(of.agent.value()).add(of.run.value()).add(of.part.name());
    cipher.updateAAD(CanonicalJson.write(bound).getBytes(StandardCharsets.UTF_8));
    return cipher;
  }
}
