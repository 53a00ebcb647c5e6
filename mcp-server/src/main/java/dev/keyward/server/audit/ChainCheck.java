package dev.keyward.server.audit;

import dev.keyward.approvals.Receipt;
import dev.keyward.approvals.Verdict;
import dev.keyward.approvals.passkey.Passkey;
import dev.keyward.approvals.passkey.PasskeyRefused;
import dev.keyward.call.ApprovalId;
import dev.keyward.call.CallDigest;
import dev.keyward.call.PersonId;
import dev.keyward.server.audit.Finding.Fault;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// Checks one chain against itself: is shown its rows in order, then says what is wrong.
final class ChainCheck {
  private static final int MAX_FINDINGS = 20;
  private static final int MAX_MISPLACED = 10_000;

  private final String chain;
  private final AuditHash hashes;
  private final List<Finding> findings = new ArrayList<>();
  private final List<ServerStartClaim> claims = new ArrayList<>();
  private final Set<PasskeyOf> passkeys = new HashSet<>();
  private final Map<Long, PasskeyOf> receipts = new TreeMap<>(); // by number
  private final Set<Long> misplaced = new HashSet<>(); // numbers in bodies that stand elsewhere
  private Set<String> before = Set.of(AuditHash.START); // what the next record may follow on
  private long last;
  private long firstMisplaced;
  private long firstMisplacedSays;
  private long records;
  private boolean stopped;

  /// A passkey that a person made, or signed with.
  record PasskeyOf(String person, Passkey passkey) {}

  /// What a `server.start` says about the chains and the checkpoint before it.
  record ServerStartClaim(
      String chain,
      String replica,
      List<ChainHead> heads,
      Optional<String> checkpoint,
      Optional<String> auditKey) {}

  ChainCheck(String chain, AuditHash hashes) {
    this.chain = chain;
    this.hashes = hashes;
  }

  String chain() {
    return chain;
  }

  /// {@return the number of the last record}
  long last() {
    return last;
  }

  long records() {
    return records;
  }

  List<ServerStartClaim> claims() {
    return claims;
  }

  /// {@return the passkeys that people made}
  Set<PasskeyOf> passkeys() {
    return passkeys;
  }

  /// {@return the passkeys that good receipts were signed with, by the numbers of their records}
  Map<Long, PasskeyOf> receipts() {
    return receipts;
  }

  void row(StoredChains.Row row) {
    records++;
    if (row.seq() <= last) {
      found(Fault.INSERTED, row.seq(), "stands there twice, or below 1");
      return;
    }
    boolean follows = row.seq() == last + 1;
    if (!follows) {
      found(Fault.MISSING, last + 1, missing(last + 1, row.seq() - 1));
    }
    check(row, follows);
    last = row.seq();
  }

  /// {@return all that is wrong, by number}
  List<Finding> finish() {
    if (firstMisplaced > 0) {
      found(misplacedFault(), firstMisplaced, "holds what was written as " + firstMisplacedSays);
    }
    findings.sort((a, b) -> Long.compare(((Finding.InChain) a).seq(), ((Finding.InChain) b).seq()));
    return findings.subList(0, Math.min(findings.size(), MAX_FINDINGS));
  }

  private void check(StoredChains.Row row, boolean follows) {
    Optional<JsonNode> body = body(row);
    byte[] leaf = hashes.leaf(row.body());
    boolean whole = body.isPresent() && AuditHash.hex(leaf).equals(row.leaf());
    if (!whole) {
      found(Fault.CHANGED, row.seq(), "has a body that does not match its hash");
      before = Set.of(row.hash());
      return;
    }
    if (misplaced(row, body.get())) {
      before = Set.of(row.hash());
      return;
    }
    columns(row, body.get());
    if (follows) {
      link(row, leaf);
    } else {
      before = Set.of(row.hash());
    }
    place(row, body.get());
  }

  /// After a break it is not known which of two hashes was changed, so either may be followed on.
  private void link(StoredChains.Row row, byte[] leaf) {
    Set<String> computed = new HashSet<>();
    for (String hash : before) {
      computed.add(AuditHash.hex(hashes.chain(bytes(hash), leaf)));
    }
    if (!computed.contains(row.hash())) {
      found(
          Fault.CHANGED,
          row.seq(),
          "does not follow on the record before it; one of the two was replaced");
      computed.add(row.hash());
      before = computed;
    } else {
      before = Set.of(row.hash());
    }
  }

  private boolean misplaced(StoredChains.Row row, JsonNode body) {
    long says = body.path("seq").asLong(0);
    boolean elsewhere = !AuditJson.text(body, "chain").equals(Optional.of(row.chain()));
    if (elsewhere) {
      found(Fault.INSERTED, row.seq(), "was written for another chain");
    } else if (says != row.seq()) {
      if (firstMisplaced == 0) {
        firstMisplaced = row.seq();
        firstMisplacedSays = says;
      }
      if (misplaced.size() < MAX_MISPLACED) {
        misplaced.add(says);
      }
    }
    return elsewhere || says != row.seq();
  }

  private Fault misplacedFault() {
    if (firstMisplacedSays < firstMisplaced) {
      return Fault.INSERTED;
    }
    return misplaced.contains(firstMisplaced) ? Fault.REORDERED : Fault.MISSING;
  }

  private void columns(StoredChains.Row row, JsonNode body) {
    column(row, "id", row.id(), body);
    column(row, "type", row.type(), body);
    column(row, "call", row.call(), body);
    column(row, "run", row.run(), body);
    column(row, "agent", row.agent(), body);
    column(row, "tool", row.tool(), body);
    if (AuditJson.text(body, "at").flatMap(ChainCheck::millis).orElse(-1L) != row.at()) {
      found(Fault.CHANGED, row.seq(), "has a time beside it that its body does not");
    }
  }

  private void column(StoredChains.Row row, String name, String value, JsonNode body) {
    if (!AuditJson.text(body, name).orElse("").equals(value)) {
      found(Fault.CHANGED, row.seq(), "has another " + name + " beside it than in its body");
    }
  }

  private void place(StoredChains.Row row, JsonNode body) {
    boolean start = row.type().equals("server.start");
    if (start != (row.seq() == 1)) {
      found(Fault.INSERTED, row.seq(), "must be a server.start if and only if it is the first");
    }
    if (stopped) {
      found(Fault.INSERTED, row.seq(), "stands after the server.stop that ended the chain");
    }
    stopped |= row.type().equals("server.stop");
    if (start) {
      claims.add(
          new ServerStartClaim(
              chain,
              AuditJson.text(body, "replica").orElse(""),
              AuditJson.heads(body),
              AuditJson.text(body, "checkpoint"),
              AuditJson.text(body, "audit_key")));
    }
    passkeys(row, body);
  }

  private void passkeys(StoredChains.Row row, JsonNode body) {
    if (row.type().equals("person.passkey_made")) {
      passkeys.add(
          new PasskeyOf(
              body.path("person").asString(""),
              new Passkey(
                  body.path("credential").asString(""), body.path("public_key").asString(""))));
    }
    JsonNode receipt = body.at("/decision/receipt");
    boolean approved = body.at("/decision/verdict").asString("").equals(Verdict.APPROVE.wire());
    if (receipt.isMissingNode() && brokeGlass(body)) {
      found(
          Fault.NOT_SIGNED, row.seq(), "says that the glass was broken, and nobody has signed it");
    } else if (!receipt.isMissingNode() && !approved) {
      found(Fault.NOT_SIGNED, row.seq(), "holds an approval's signature and is none");
    } else if (!receipt.isMissingNode()) {
      receipt(row.seq(), body, receipt);
    }
  }

  /// A receipt proves what its record says of the decision, or it is not this decision's.
  private void receipt(long seq, JsonNode body, JsonNode json) {
    try {
      Receipt receipt = Receipt.of(json);
      var person = new PersonId(body.at("/decision/person").asString(""));
      receipt.require(signed(body, person), person);
      receipts.put(seq, new PasskeyOf(person.value(), receipt.passkey()));
    } catch (PasskeyRefused | IllegalArgumentException e) {
      found(Fault.NOT_SIGNED, seq, "holds a passkey's signature that is not of its decision");
    }
  }

  /// What the person of this decision has signed: a break-glass one with its cause.
  private static JsonNode signed(JsonNode body, PersonId person) {
    var id = new ApprovalId(body.at("/approval/id").asString(""));
    CallDigest call = running(body.path("approval"));
    String view = body.at("/decision/view_digest").asString("");
    return brokeGlass(body)
        ? Receipt.glassDocument(
            id,
            call,
            view,
            person,
            body.at("/decision/reason_sha256").asString(""),
            body.at("/decision/ticket").asString(""))
        : Receipt.document(id, call, view, person);
  }

  private static boolean brokeGlass(JsonNode body) {
    return body.at("/decision/role").asString("").equals("break_glass");
  }

  /// What was approved is what runs, where somebody had changed what was asked.
  private static CallDigest running(JsonNode approval) {
    String asked = approval.path("call_digest").asString("");
    return new CallDigest(approval.at("/edited/running_digest").asString(asked));
  }

  private void found(Fault fault, long seq, String what) {
    if (findings.size() < MAX_MISPLACED) {
      findings.add(new Finding.InChain(fault, chain, seq, "Record " + seq + " " + what + "."));
    }
  }

  private static String missing(long from, long to) {
    return from == to ? "is missing" : "and those after it up to " + to + " are missing";
  }

  private static Optional<JsonNode> body(StoredChains.Row row) {
    try {
      return Optional.of(AuditJson.read(row.body()));
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  private static Optional<Long> millis(String time) {
    try {
      return Optional.of(Instant.parse(time).toEpochMilli());
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  private static byte[] bytes(String hex) {
    try {
      return HexFormat.of().parseHex(hex);
    } catch (IllegalArgumentException e) {
      return new byte[0]; // nothing follows on what is no hash
    }
  }
}
