package dev.keyward.server.pipeline;

import dev.keyward.approvals.ApprovalRequest;
import dev.keyward.approvals.Approvals;
import dev.keyward.call.ApprovalId;
import dev.keyward.call.CallRefused;
import dev.keyward.call.CanonicalJson;
import dev.keyward.call.Refusal;
import dev.keyward.catalog.ToolCall;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/// The rounds in which a client comes back with a call that its own user has to confirm.
///
/// What it brings back is sealed with AES-256-GCM, and the call digest is bound in: agent, run,
/// tool and arguments. It is good until the request to people expires, and only while that request
/// has not been used, which its row decides. It permits nothing: the gate asks as ever.
/// Thread-safe.
final class Rounds {
  /// Clients give up after ten; the last answer is to be an ordinary one.
  private static final int MOST = 8;

  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final int LONGEST = 1024;

  private final Approvals approvals;
  private final SecretKey key;
  private final RandomGenerator random;
  private final InstantSource clock;
  private final Function<ApprovalId, URI> page;

  Rounds(
      Approvals approvals,
      SecretKey key,
      RandomGenerator random,
      InstantSource clock,
      Function<ApprovalId, URI> page) {
    this.approvals = approvals;
    this.key = key;
    this.random = random;
    this.clock = clock;
    this.page = page;
  }

  /// {@return in which round a call comes: 0 is the first}
  ///
  /// @throws CallRefused if what it brings back was not given for this very call, or is over
  int round(IncomingCall incoming, ToolCall call) {
    Optional<String> brought = incoming.interaction().requestState();
    if (brought.isEmpty()) {
      return 0;
    }
    JsonNode state = opened(brought.get(), call).orElseThrow(Rounds::foreign);
    boolean expired =
        !clock.instant().isBefore(Instant.ofEpochMilli(state.path("until").longValue()));
    ApprovalRequest request =
        approvals
            .find(new ApprovalId(state.path("approval").stringValue()))
            .orElseThrow(Rounds::foreign);
    if (request.state().open() && expired) {
      throw new CallRefused(new Refusal.ApprovalExpired(request.id()));
    }
    return switch (request.state()) {
      case CONSUMED, DONE, UNKNOWN ->
          throw invalid("was for a call that has run; leave it out to ask for another");
      default -> {
        Hold.refuseEnded(request);
        yield state.path("round").intValue();
      }
    };
  }

  /// {@return what the client is to do, if it can help: its own user is the one to confirm}
  Optional<NextRound> next(
      IncomingCall incoming, ToolCall call, Refusal.Pending pending, int round) {
    return incoming.interaction().mayShow(pending) && round < MOST
        ? Optional.of(
            new NextRound(sealed(call, pending, round + 1), page.apply(pending.approval())))
        : Optional.empty();
  }

  private String sealed(ToolCall call, Refusal.Pending pending, int round) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    var state =
        JsonNodeFactory.instance
            .objectNode()
            .put("approval", pending.approval().value())
            .put("until", pending.expires().toEpochMilli())
            .put("round", round);
    try {
      byte[] text =
          cipher(Cipher.ENCRYPT_MODE, nonce, call)
              .doFinal(state.toString().getBytes(StandardCharsets.UTF_8));
      byte[] both = ByteBuffer.allocate(nonce.length + text.length).put(nonce).put(text).array();
      return Base64.getUrlEncoder().withoutPadding().encodeToString(both);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a state cannot be sealed", e);
    }
  }

  private Optional<JsonNode> opened(String brought, ToolCall call) {
    if (brought.length() > LONGEST) {
      return Optional.empty();
    }
    try {
      ByteBuffer both = ByteBuffer.wrap(Base64.getUrlDecoder().decode(brought));
      if (both.remaining() <= NONCE_BYTES) {
        return Optional.empty();
      }
      byte[] nonce = new byte[NONCE_BYTES];
      both.get(nonce);
      byte[] text = new byte[both.remaining()];
      both.get(text);
      return Optional.of(
          JsonMapper.shared().readTree(cipher(Cipher.DECRYPT_MODE, nonce, call).doFinal(text)));
    } catch (GeneralSecurityException | IllegalArgumentException forged) {
      return Optional.empty();
    }
  }

  private Cipher cipher(int mode, byte[] nonce, ToolCall call) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    var bound = JsonNodeFactory.instance.arrayNode().add("request state 1");
    bound.add(call.caller().agent().value());
    bound.add(call.caller().run().value());
    bound.add(call.tool().name().value());
    bound.add(call.digest().value());
    cipher.updateAAD(CanonicalJson.write(bound).getBytes(StandardCharsets.UTF_8));
    return cipher;
  }

  private static CallRefused foreign() {
    return invalid("was not given for this call; send the call without it");
  }

  private static CallRefused invalid(String rule) {
    return new CallRefused(new Refusal.InvalidArguments("requestState", rule));
  }
}
