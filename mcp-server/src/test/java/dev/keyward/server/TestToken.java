package dev.keyward.server;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// A token (RFC 7519) in the making, honest or not.
public final class TestToken {
  private final TestIssuer issuer;
  private final ObjectNode header = JsonNodeFactory.instance.objectNode();
  private final ObjectNode claims = JsonNodeFactory.instance.objectNode();

  TestToken(TestIssuer issuer) {
    this.issuer = issuer;
    header("alg", "RS256");
    header("typ", "JWT");
    header("kid", issuer.keyId());
  }

  /// Sets a claim; null takes it out.
  public TestToken claim(String name, @Nullable Object value) {
    return set(claims, name, value);
  }

  /// Sets a claim to JSON.
  public TestToken claimJson(String name, String json) {
    claims.set(name, JsonMapper.shared().readTree(json));
    return this;
  }

  /// Sets a header parameter; null takes it out.
  public TestToken header(String name, @Nullable Object value) {
    return set(header, name, value);
  }

  private TestToken set(ObjectNode in, String name, @Nullable Object value) {
    if (value == null) {
      in.remove(name);
    } else {
      in.set(name, JsonMapper.shared().<JsonNode>valueToTree(value));
    }
    return this;
  }

  /// {@return the token, signed, with `other` in the place of a part of its claims' text}
  String doubled(String part, String other) {
    return signed(claims.toString().replace(part, other), issuer.keys().getPrivate());
  }

  /// {@return the token with its issuer's signature}
  public String signed() {
    return signedBy(issuer.keys().getPrivate());
  }

  /// {@return the token with a signature by this key}
  String signedBy(PrivateKey key) {
    return signed(claims.toString(), key);
  }

  private String signed(String payload, PrivateKey key) {
    try {
      var signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(key);
      signature.update(input(payload).getBytes(US_ASCII));
      return withSignature(payload, signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /// {@return the token under a secret that both sides would have to know}
  String signedWithSecret(byte[] secret) {
    try {
      var mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret, "HmacSHA256"));
      return withSignature(mac.doFinal(input(claims.toString()).getBytes(US_ASCII)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /// {@return the token with these bytes in the signature's place}
  String withSignature(byte[] signature) {
    return withSignature(claims.toString(), signature);
  }

  private String withSignature(String payload, byte[] signature) {
    return input(payload) + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature);
  }

  private String input(String payload) {
    return TestIssuer.encoded(header.toString()) + "." + TestIssuer.encoded(payload);
  }
}
