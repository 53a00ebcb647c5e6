package dev.keyward.demo;

import dev.keyward.catalog.ExampleCatalogs;
import dev.keyward.server.CannotStart;
import dev.keyward.server.Keyward;
import dev.keyward.server.Mode;
import dev.keyward.server.audit.AuditVerifier;
import dev.keyward.server.audit.SigningKey;
import dev.keyward.server.audit.Verification;
import dev.keyward.server.audit.VerifierKey;
import dev.keyward.server.config.Home;
import dev.keyward.server.credential.MasterKey;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A real broker on loopback, in this process, over a home folder of its own: the shipped catalog
/// files with nothing but their origins changed, one more tool, and the companies' keys in its
/// secret store.
///
/// The only file of the demo that knows the broker's classes.
final class DemoBroker implements BrokerDoor {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int MANY = 10_000;
  private static final String CRM_KEY = "local:crm#token";
  private static final String PAYMENTS_KEY = "local:stripe#api_key";

  /// A second way to the same refunds, for which a charge must have been given or shown.
  private static final String TRACED =
      """
      system: refunds
      origin: "{origin}"
      credential: {ref: local:stripe#api_key, in: bearer}
      tools:
        create:
          title: Refund a charge that this job is about
          description: Pays a charge back, all that is left of it. It cannot be undone.
          tier: dangerous_write
          summary: Refund all that is left of charge {charge}
          input:
            properties: {charge: {type: string, id_of: charge}}
            required: [charge]
          request: {method: POST, path: /v1/refunds, body: {form: [charge]}}
          idempotency: Idempotency-Key
          result: [{field: id, id: refund}, {field: charge, id: charge}]
      """;

  private final Home home;
  private final Path checkpoints;
  private final Keyward keyward;

  private DemoBroker(Home home, Path checkpoints, Keyward keyward) {
    this.home = home;
    this.checkpoints = checkpoints;
    this.keyward = keyward;
  }

  /// Starts it.
  ///
  /// @param folder becomes its home; made if it is not there
  static DemoBroker start(Path folder, BrokerStart.Upstream crm, BrokerStart.Upstream payments)
      throws IOException {
    Home home = new Home(folder);
    write(home, crm.origin(), payments.origin());
    try {
      Keyward keyward = Keyward.open(home, Mode.SERVE, InstantSource.system());
      var broker = new DemoBroker(home, folder.resolve("checkpoints.txt"), keyward);
      broker.operate("secret.set", Map.of("name", CRM_KEY, "value", crm.key().reveal()));
      broker.operate("secret.set", Map.of("name", PAYMENTS_KEY, "value", payments.key().reveal()));
      keyward.serve();
      return broker;
    } catch (CannotStart broken) {
      throw new IOException(broken.getMessage(), broken);
    }
  }

  @Override
  public URI agentsUrl() {
    return keyward.agentsUrl().orElseThrow();
  }

  @Override
  public URI peopleUrl() {
    return keyward.peopleUrl().orElseThrow();
  }

  @Override
  public String addAgent(String name, String type, String owner, List<String> tools) {
    Map<String, Object> agent = Map.of("name", name, "type", type, "owner", owner, "tools", tools);
    return operate("agent.add", agent).path("key").stringValue();
  }

  @Override
  public String openRun(Map<String, Object> run) {
    return operate("run.open", run).path("token").stringValue();
  }

  @Override
  public void revokeAgent(String name) {
    operate("agent.revoke", Map.of("name", name));
  }

  @Override
  public URI addReviewer(String name) {
    JsonNode person = operate("person.add", Map.of("name", name, "roles", List.of("reviewer")));
    return URI.create(person.path("link").stringValue());
  }

  @Override
  public List<Asked> askedBy(String agent) {
    List<Asked> asked = new ArrayList<>();
    for (JsonNode row : operate("approvals.list", Map.of("limit", MANY))) {
      if (row.path("agent").stringValue().equals(agent)) {
        String approval = row.path("approval").stringValue();
        asked.add(asked(operate("approvals.show", Map.of("approval", approval))));
      }
    }
    return asked;
  }

  private static Asked asked(JsonNode shown) {
    List<String> approvers = new ArrayList<>();
    for (JsonNode decision : shown.path("decisions")) {
      if (decision.path("verdict").stringValue().equals("approve")) {
        approvers.add(decision.path("person").stringValue());
      }
    }
    return new Asked(
        shown.path("approval").stringValue(),
        shown.path("tool").stringValue(),
        shown.path("state").stringValue(),
        approvers,
        shown.path("arguments"));
  }

  @Override
  public AuditReport verifyAudit() {
    try {
      Optional<VerifierKey> key = Optional.of(VerifierKey.read(home.auditPublicKey()));
      Verification found = AuditVerifier.verify(home.database(), Optional.of(checkpoints), key);
      boolean signed = found.checkpoints() > 0 && found.unsigned() == 0;
      return new AuditReport(found.intact() && signed, summary(found));
    } catch (IOException unreadable) {
      return new AuditReport(false, "it cannot be read");
    }
  }

  @Override
  public void close() {
    keyward.close();
  }

  private static String summary(Verification found) {
    return found.records()
        + " records in "
        + found.chains()
        + " hash chain, "
        + found.checkpoints()
        + " signed checkpoints, "
        + found.unsigned()
        + " records after the last one, "
        + found.findings().size()
        + " findings.";
  }

  private JsonNode operate(String command, Map<String, Object> arguments) {
    return keyward.operations().operate(command, JSON.valueToTree(arguments));
  }

  private static void write(Home home, URI crm, URI payments) throws IOException {
    Files.createDirectories(home.catalog());
    Files.setPosixFilePermissions(home.folder(), PosixFilePermissions.fromString("rwx------"));
    Files.writeString(
        home.config(),
        """
        agents: {listen: "127.0.0.1:0"}
        people: {listen: "localhost:0"}
        egress: {private_origins: ["%s", "%s"]}
        """
            .formatted(crm, payments));
    MasterKey.create(home.masterKey());
    SigningKey.create(home.auditKey(), home.auditPublicKey(), "keyward-demo", new SecureRandom());
    writeCatalog(home, "crm.yaml", "https://crm.example.com", crm);
    writeCatalog(home, "stripe.yaml", "https://api.stripe.com", payments);
    Files.writeString(
        home.catalog().resolve("refunds.yaml"), TRACED.replace("{origin}", payments.toString()));
  }

  /// The shipped file as it is, but for its origin.
  private static void writeCatalog(Home home, String name, String shipped, URI origin)
      throws IOException {
    String line = "origin: " + shipped + "\n";
    String text = ExampleCatalogs.text(name);
    if (!text.contains(line)) {
      throw new IllegalStateException(name + " does not name the origin that the demo replaces");
    }
    Files.writeString(home.catalog().resolve(name), text.replace(line, "origin: " + origin + "\n"));
  }
}
