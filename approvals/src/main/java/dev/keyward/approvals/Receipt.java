package dev.keyward.approvals;

import dev.keyward.approvals.passkey.Passkey;
import dev.keyward.approvals.passkey.PasskeyRefused;
import dev.keyward.approvals.passkey.PasskeySite;
import dev.keyward.call.ApprovalId;
import dev.keyward.call.CallDigest;
import dev.keyward.call.CanonicalJson;
import dev.keyward.call.PersonId;
import java.net.URI;
import java.time.Instant;
import java.util.HexFormat;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// A signed approval: which call, as which page showed it, one person approved, and what their
/// passkey made of it. Whoever has it can verify it years later, without this broker.
///
/// @param origin the site on which the person signed
/// @param passkey with which
/// @param answer the JSON of the browser's `PublicKeyCredential`: its challenge is the SHA-256 of
///   [#document]
public record Receipt(URI origin, Passkey passkey, String answer) {
  private static final int FORMAT = 1;

  /// {@return what a person signs to approve this call, shown by this page}
  public static ObjectNode document(ApprovalId id, CallDigest call, String view, PersonId person) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("v", FORMAT)
        .put("approval", id.value())
        .put("call_digest", call.value())
        .put("view_digest", view)
        .put("person", person.value())
        .put("decision", Verdict.APPROVE.wire());
  }

  /// {@return what a person signs to break the glass for this call, shown by this page}
  ///
  /// @param reasonHash SHA-256 of the reason, so that the record need not hold the words
  public static ObjectNode glassDocument(
      ApprovalId id,
      CallDigest call,
      String view,
      PersonId person,
      String reasonHash,
      String ticket) {
    return document(id, call, view, person)
        .put("decision", "break_glass")
        .put("reason_sha256", reasonHash)
        .put("ticket", ticket);
  }

  /// {@return what a person signs to lend their place as a reviewer}
  public static ObjectNode loanDocument(PersonId lender, PersonId borrower, Instant until) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("v", FORMAT)
        .put("decision", "lend_place")
        .put("person", lender.value())
        .put("to", borrower.value())
        .put("until", until.toString());
  }

  /// {@return what a passkey signs for it: the SHA-256 of the document's canonical form (RFC 8785)}
  public static byte[] challenge(JsonNode document) {
    return HexFormat.of().parseHex(CanonicalJson.sha256(document));
  }

  /// Demands that this is the person's approval of this call, shown by this page.
  ///
  /// @throws PasskeyRefused if it is not
  public void require(ApprovalId id, CallDigest call, String view, PersonId person)
      throws PasskeyRefused {
    require(document(id, call, view, person), person);
  }

  /// Demands that the person has signed this document, and no other.
  ///
  /// @throws PasskeyRefused if they have not
  public void require(JsonNode document, PersonId person) throws PasskeyRefused {
    byte[] challenge = challenge(document);
    new PasskeySite(origin).requireSigned(person, passkey, challenge, answer);
  }

  /// {@return it as JSON, for the record}
  public ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("origin", origin.toString());
    json.put("credential", passkey.credential());
    json.put("public_key", passkey.publicKey());
    json.put("answer", answer);
    return json;
  }

  /// Reads what [#json] has written.
  ///
  /// @throws IllegalArgumentException if this is something else
  public static Receipt of(JsonNode json) {
    return new Receipt(
        URI.create(text(json, "origin")),
        new Passkey(text(json, "credential"), text(json, "public_key")),
        text(json, "answer"));
  }

  static Receipt parse(String json) {
    try {
      return of(JsonMapper.shared().readTree(json));
    } catch (JacksonException e) {
      throw new IllegalArgumentException("a receipt must be JSON", e);
    }
  }

  private static String text(JsonNode json, String field) {
    JsonNode value = json.path(field);
    if (!value.isString()) {
      throw new IllegalArgumentException(field + " of a receipt must be a text");
    }
    return value.stringValue();
  }
}
