package dev.keyward.approvals.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// An authenticator with one passkey, and as much of a browser as hands it over: a P-256 key, no
/// attestation. It keeps for whom the passkey was made last, and says so.
///
/// It answers what it is asked, honestly unless told to lie.
public final class SoftPasskey {
  private static final int VERIFIED = 0x05;
  private static final int ATTESTED = 0x40;

  private final byte[] credential = new byte[32];
  private final KeyPair keys;
  private String origin;
  private String user = "";
  private String site = "localhost";
  private int flags = VERIFIED;

  /// @param origin where its browser stands
  public SoftPasskey(String origin) {
    this.origin = origin;
    new SecureRandom().nextBytes(credential);
    try {
      var generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      keys = generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /// From now on it does not look who is there.
  public SoftPasskey withoutVerifying() {
    flags = 0x01;
    return this;
  }

  /// From now on it signs for another site.
  public SoftPasskey forSite(String other) {
    site = other;
    return this;
  }

  /// From now on its browser stands elsewhere.
  public SoftPasskey at(String other) {
    origin = other;
    return this;
  }

  /// {@return the answer to `CredentialCreationOptions`}
  public String made(String options) {
    JsonNode asked = JsonMapper.shared().readTree(options).path("publicKey");
    user = asked.path("user").path("id").stringValue();
    var point = ((ECPublicKey) keys.getPublic()).getW();
    byte[] data =
        join(
            head(flags | ATTESTED),
            new byte[16],
            new byte[] {0, (byte) credential.length},
            credential,
            new byte[] {(byte) 0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32},
            coordinate(point.getAffineX()),
            new byte[] {0x22, 0x58, 32},
            coordinate(point.getAffineY()));
    byte[] attestation =
        join(
            new byte[] {(byte) 0xa3, 0x63},
            "fmt".getBytes(UTF_8),
            new byte[] {0x64},
            "none".getBytes(UTF_8),
            new byte[] {0x67},
            "attStmt".getBytes(UTF_8),
            new byte[] {(byte) 0xa0, 0x68},
            "authData".getBytes(UTF_8),
            new byte[] {0x58, (byte) data.length},
            data);
    ObjectNode response = response("webauthn.create", asked);
    response.put("attestationObject", base64(attestation));
    return answer(response);
  }

  /// {@return the answer to `CredentialRequestOptions`}
  public String signed(String options) {
    JsonNode asked = JsonMapper.shared().readTree(options).path("publicKey");
    ObjectNode response = response("webauthn.get", asked);
    byte[] client = Base64.getUrlDecoder().decode(response.get("clientDataJSON").stringValue());
    byte[] data = head(flags);
    response.put("authenticatorData", base64(data));
    response.put("signature", base64(signature(join(data, sha256(client)))));
    if (!user.isEmpty()) {
      response.put("userHandle", user);
    }
    return answer(response);
  }

  private ObjectNode response(String type, JsonNode asked) {
    ObjectNode client = JsonNodeFactory.instance.objectNode();
    client.put("type", type);
    client.put("challenge", asked.path("challenge").stringValue());
    client.put("origin", origin);
    ObjectNode response = JsonNodeFactory.instance.objectNode();
    response.put("clientDataJSON", base64(client.toString().getBytes(UTF_8)));
    return response;
  }

  private String answer(ObjectNode response) {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer.put("id", base64(credential));
    answer.put("rawId", base64(credential));
    answer.put("type", "public-key");
    answer.set("response", response);
    answer.putObject("clientExtensionResults");
    return answer.toString();
  }

  private byte[] head(int marks) {
    return join(sha256(site.getBytes(UTF_8)), new byte[] {(byte) marks, 0, 0, 0, 0});
  }

  private byte[] signature(byte[] data) {
    try {
      var signer = Signature.getInstance("SHA256withECDSA");
      signer.initSign(keys.getPrivate());
      signer.update(data);
      return signer.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] coordinate(BigInteger number) {
    byte[] bytes = number.toByteArray();
    int extra = Math.max(0, bytes.length - 32);
    return ByteBuffer.allocate(32)
        .put(32 - (bytes.length - extra), bytes, extra, bytes.length - extra)
        .array();
  }

  private static byte[] join(byte[]... parts) {
    var out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  private static byte[] sha256(byte[] data) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(data);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
