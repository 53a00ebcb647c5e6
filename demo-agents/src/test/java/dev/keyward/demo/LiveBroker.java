package dev.keyward.demo;

import dev.keyward.catalog.ExampleCatalogs;
import dev.keyward.demo.company.CompanyKey;
import dev.keyward.demo.company.Crm;
import dev.keyward.demo.company.Payments;
import dev.keyward.demo.company.World;
import dev.keyward.server.CannotStart;
import dev.keyward.server.Keyward;
import dev.keyward.server.Mode;
import dev.keyward.server.audit.SigningKey;
import dev.keyward.server.config.Home;
import dev.keyward.server.credential.MasterKey;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A broker for clients that are programs of their own: a home folder with the shipped catalog,
/// both stand-in companies behind it, and `mina`, who owns the agents, reviews and works the kill
/// switch; `rita` and `ravi` review, too.
final class LiveBroker implements AutoCloseable {
  static final String PERSON = "mina";
  static final String REVIEWER = "rita";
  static final String OTHER_REVIEWER = "ravi";

  /// Who reads the record.
  static final String AUDITOR = "ada";

  /// May break the glass.
  static final String ON_CALL = "gail";

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final long SEED = 4812;

  private final Home home;
  private final Crm crm;
  private final Payments payments;
  private Optional<Keyward> running = Optional.empty();

  private LiveBroker(Home home, Crm crm, Payments payments) {
    this.home = home;
    this.crm = crm;
    this.payments = payments;
  }

  /// Makes everything ready; no broker runs yet.
  ///
  /// @param folder becomes the home folder
  static LiveBroker prepare(Path folder) throws IOException {
    var random = new SecureRandom();
    World world = World.generate(SEED, InstantSource.system().instant());
    Crm crm = Crm.open(world, CompanyKey.crm(random), InstantSource.system());
    Payments payments =
        Payments.open(world, CompanyKey.payments(random), InstantSource.system(), random);
    var broker = new LiveBroker(new Home(folder), crm, payments);
    broker.writeKeys(random);
    broker.writeConfig(List.of());
    broker.operate("secret.set", Map.of("name", "local:crm#token", "value", crm.key().reveal()));
    broker.operate(
        "secret.set", Map.of("name", "local:stripe#api_key", "value", payments.key().reveal()));
    broker.operate(
        "person.add", Map.of("name", PERSON, "roles", List.of("reviewer", "administrator")));
    for (String name : List.of(REVIEWER, OTHER_REVIEWER)) {
      broker.operate("person.add", Map.of("name", name, "roles", List.of("reviewer")));
    }
    broker.operate("person.add", Map.of("name", AUDITOR, "roles", List.of("auditor")));
    broker.operate("person.add", Map.of("name", ON_CALL, "roles", List.of("break-glass")));
    return broker;
  }

  /// Starts both listeners and the socket.
  LiveBroker serve() {
    Keyward keyward = open(Mode.SERVE);
    running = Optional.of(keyward);
    try {
      keyward.serve();
    } catch (CannotStart e) {
      throw new IllegalStateException(e);
    }
    return this;
  }

  /// {@return the key of a new agent that sees exactly `tools`}
  String addAgent(String name, List<String> tools) {
    return operate("agent.add", Map.of("name", name, "owner", PERSON, "tools", tools))
        .path("key")
        .stringValue();
  }

  /// {@return the key of a new agent that sees `tools`, whose names are listed as `form` says}
  String addAgent(String name, List<String> tools, String form) {
    return operate(
            "agent.add", Map.of("name", name, "owner", PERSON, "tools", tools, "tool_names", form))
        .path("key")
        .stringValue();
  }

  /// {@return a new link that signs `mina` in once}
  String signInLink() {
    return signInLink(PERSON);
  }

  /// {@return a new link that signs this person in once}
  String signInLink(String person) {
    return operate("person.link", Map.of("name", person)).path("link").stringValue();
  }

  /// Forgets the passkey that this person may have.
  void forgetPasskey(String person) {
    JsonNode people = operate("person.list", Map.of());
    for (JsonNode listed : people) {
      if (listed.path("name").asString().equals(person) && listed.path("passkey").asBoolean()) {
        operate("person.forget_passkey", Map.of("name", person));
      }
    }
  }

  /// {@return how this person signed in last, for example `link`}
  String lastSignIn(String person) {
    return operate("audit.list", Map.of("type", "person.signed_in"))
        .valueStream()
        .map(row -> row.path("event"))
        .filter(event -> event.path("person").asString("").equals(person))
        .map(event -> event.path("method").asString(""))
        .findFirst()
        .orElse("");
  }

  /// {@return the state of an approval, for example `pending`}
  String stateOf(String approval) {
    return operate("approvals.show", Map.of("approval", approval)).path("state").stringValue();
  }

  /// {@return the approvals that wait for people}
  List<String> pending() {
    return operate("approvals.list", Map.of("state", "pending"))
        .valueStream()
        .map(row -> row.path("approval").stringValue())
        .toList();
  }

  /// {@return how often a call of `agent` was refused with this code, as the record says}
  long refusals(String agent, String code) {
    return operate("audit.list", Map.of("agent", agent, "type", "call.refused"))
        .valueStream()
        .filter(row -> row.path("code").asString("").equals(code))
        .count();
  }

  URI agentsUrl() {
    return running.flatMap(Keyward::agentsUrl).orElseThrow();
  }

  Path folder() {
    return home.folder();
  }

  Crm crm() {
    return crm;
  }

  /// {@return the keys that no client may ever see}
  List<String> companyKeys() {
    return List.of(crm.key().reveal(), payments.key().reveal());
  }

  @Override
  public void close() {
    running.ifPresent(Keyward::close);
    payments.close();
    crm.close();
  }

  private JsonNode operate(String command, Map<String, Object> arguments) {
    JsonNode json = JSON.valueToTree(arguments);
    if (running.isPresent()) {
      return running.get().operations().operate(command, json);
    }
    try (Keyward keyward = open(Mode.COMMAND)) {
      return keyward.operations().operate(command, json);
    }
  }

  private Keyward open(Mode mode) {
    try {
      return Keyward.open(home, mode, InstantSource.system());
    } catch (CannotStart e) {
      throw new IllegalStateException(e);
    }
  }

  /// Adds a system beside the two companies, before the broker serves.
  ///
  /// @param name of its catalog file
  /// @param catalog the file, which names `origin`
  LiveBroker with(String name, String catalog, URI origin) throws IOException {
    Files.writeString(home.catalog().resolve(name), catalog);
    writeConfig(List.of(origin));
    return this;
  }

  private void writeConfig(List<URI> further) throws IOException {
    String origins =
        Stream.concat(Stream.of(crm.origin(), payments.origin()), further.stream())
            .map(origin -> '"' + origin.toString() + '"')
            .collect(Collectors.joining(", "));
    Files.writeString(
        home.config(),
        """
        agents: {listen: "127.0.0.1:0"}
        people: {listen: "localhost:0"}
        approvals: {max_pending_per_agent: 1000}
        egress: {private_origins: [%s]}
        """
            .formatted(origins));
  }

  private void writeKeys(SecureRandom random) throws IOException {
    Files.createDirectories(home.catalog());
    Files.setPosixFilePermissions(home.folder(), PosixFilePermissions.fromString("rwx------"));
    MasterKey.create(home.masterKey());
    SigningKey.create(home.auditKey(), home.auditPublicKey(), "keyward-test", random);
    writeCatalog("crm.yaml", crm.origin());
    writeCatalog("stripe.yaml", payments.origin());
  }

  private void writeCatalog(String name, URI origin) throws IOException {
    String text = ExampleCatalogs.text(name).replaceFirst("(?m)^origin: .*$", "origin: " + origin);
    Files.writeString(home.catalog().resolve(name), text);
  }
}
