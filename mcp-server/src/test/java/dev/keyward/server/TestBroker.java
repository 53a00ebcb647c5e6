package dev.keyward.server;

import dev.keyward.catalog.ExampleCatalogs;
import dev.keyward.server.audit.SigningKey;
import dev.keyward.server.config.Home;
import dev.keyward.server.credential.MasterKey;
import dev.keyward.store.PostgresSettings;
import dev.keyward.store.TestPostgres;
import dev.keyward.store.TestSqlite;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A broker on a home folder of its own, with the CRM and the payments system played by a
/// [StandIn]. Everything goes in and out as it does in earnest.
public final class TestBroker implements AutoCloseable {
  /// The CRM's key.
  public static final String CRM_KEY = "crm-live-4fJq83LmZx0Vd71PwsTy";

  /// The payments system's key.
  public static final String STRIPE_KEY = "rk_live_9sKd02Mxq7TzLbW4uYhE6RnC";

  /// Arguments of `crm.add_note`.
  public static final String NOTE =
      "{\"ticket_id\":\"4812\",\"text\":\"Called the customer.\",\"internal\":true}";

  /// Arguments of `stripe.create_refund`.
  public static final String REFUND = "{\"charge\":\"ch_1NirD82eZvKYlo2C\",\"amount\":500}";

  private final Home home;
  private final SettableClock clock;
  private final StandIn upstream;
  private Keyward keyward;

  private TestBroker(Home home, SettableClock clock, StandIn upstream, String settings)
      throws IOException, CannotStart {
    this.home = home;
    this.clock = clock;
    this.upstream = upstream;
    configure(settings);
    for (String example : ExampleCatalogs.names()) {
      place(example, ExampleCatalogs.text(example));
    }
    if (!settings.contains("database:")) {
      TestSqlite.place(home.database());
    }
    keyward = open();
  }

  /// Makes a home in `folder` and a broker on it, with two keys and the owner `olga`.
  public static TestBroker in(Path folder) throws Exception {
    return in(folder, "");
  }

  /// The same with further settings, in YAML.
  public static TestBroker in(Path folder, String settings) throws Exception {
    var home = new Home(folder.resolve("home"));
    make(home);
    var broker = new TestBroker(home, new SettableClock(), new StandIn(), settings);
    broker.secrets();
    broker.operate("person.add", "{\"name\":\"olga\"}");
    return broker;
  }

  /// Makes a second broker beside this one, on a home of its own with the same master key and
  /// secrets, in front of the same companies. What `settings` say of the database should agree.
  public TestBroker sister(Path folder, String settings) throws Exception {
    var sisters = new Home(folder.resolve("sister"));
    make(sisters);
    Files.copy(home.masterKey(), sisters.masterKey(), StandardCopyOption.REPLACE_EXISTING);
    var broker = new TestBroker(sisters, clock, upstream, settings);
    broker.secrets();
    return broker;
  }

  /// {@return the settings that put a broker onto this database}
  public static String on(PostgresSettings database) {
    return "database: {url: \"" + TestPostgres.url(database) + "\"}\n";
  }

  /// {@return an agent that shows the key of `agent` to this broker}
  public AgentClient visited(AgentClient agent) {
    return new AgentClient(agent.name(), () -> keyward.agentsUrl().orElseThrow(), agent.key());
  }

  private void secrets() {
    secret("crm#token", CRM_KEY);
    secret("stripe#api_key", STRIPE_KEY);
  }

  /// Makes a home as `init` does, without settings and catalog.
  static void make(Home home) throws IOException {
    Files.createDirectories(home.catalog());
    Files.setPosixFilePermissions(home.folder(), PosixFilePermissions.fromString("rwx------"));
    MasterKey.create(home.masterKey());
    SigningKey.create(home.auditKey(), home.auditPublicKey(), "keyward", new SecureRandom());
  }

  /// {@return the folder}
  public Home home() {
    return home;
  }

  /// {@return the broker's clock}
  public SettableClock clock() {
    return clock;
  }

  /// {@return both companies}
  public StandIn upstream() {
    return upstream;
  }

  /// {@return the broker}
  public Keyward keyward() {
    return keyward;
  }

  /// Writes the settings; they count from the next start.
  public void configure(String settings) throws IOException {
    configure(settings, List.of());
  }

  /// The same, with further origins on this machine that tools may reach.
  public void configure(String settings, List<URI> origins) throws IOException {
    List<String> all = new ArrayList<>(List.of("\"" + upstream.origin() + "\""));
    origins.forEach(origin -> all.add("\"" + origin + "\""));
    String base =
        """
        agents: {listen: "127.0.0.1:0"}
        people: {listen: "127.0.0.1:0"}
        egress: {private_origins: [%s]}
        """
            .formatted(String.join(", ", all));
    Files.writeString(home.config(), base + settings);
  }

  /// Has people sign in by OpenID Connect too; counts from the next start.
  ///
  /// @param settings the fields of `people.oidc`, in YAML's flow form
  /// @param secret the client's secret, in a file of that name
  public void signInWith(String settings, String secret) throws IOException {
    Files.writeString(home.folder().resolve("pages-secret"), secret + "\n");
    String people = "people: {listen: \"127.0.0.1:0\"";
    String text = Files.readString(home.config());
    Files.writeString(home.config(), text.replace(people, people + ", oidc: {" + settings + "}"));
  }

  /// Writes a catalog file whose tools are the stand-in's; the broker has seen it on return.
  public void catalog(String file, String text) {
    place(file, text);
    operate("catalog.list", "{}");
  }

  /// Does a command of the operator's; `arguments` is JSON.
  public JsonNode operate(String command, String arguments) {
    return keyward.operations().operate(command, JsonMapper.shared().readTree(arguments));
  }

  /// Stores a secret.
  public void secret(String name, String value) {
    JsonNode arguments =
        JsonMapper.shared().createObjectNode().put("name", name).put("value", value);
    keyward.operations().operate("secret.set", arguments);
  }

  /// Adds an agent of `olga`'s that sees these tools.
  public AgentClient agent(String name, String... tools) {
    return agentOf("olga", name, tools);
  }

  /// Adds an agent.
  public AgentClient agentOf(String owner, String name, String... tools) {
    JsonNode added =
        operate(
            "agent.add",
            "{\"name\":\""
                + name
                + "\",\"owner\":\""
                + owner
                + "\",\"tools\":[\""
                + String.join("\",\"", tools)
                + "\"]}");
    return new AgentClient(
        name, () -> keyward.agentsUrl().orElseThrow(), added.get("key").stringValue());
  }

  /// {@return a stranger who shows `key`}
  public AgentClient stranger(String key) {
    return new AgentClient("stranger", () -> keyward.agentsUrl().orElseThrow(), key);
  }

  /// Adds a reviewer and signs them in.
  public Reviewer reviewer(String name) {
    operate("person.add", "{\"name\":\"" + name + "\",\"roles\":[\"reviewer\"]}");
    return signIn(name);
  }

  /// Signs a known person in.
  public Reviewer signIn(String name) {
    JsonNode link = operate("person.link", "{\"name\":\"" + name + "\"}");
    return Reviewer.signIn(URI.create(link.get("link").stringValue()));
  }

  /// {@return the state of an approval}
  public String state(String approval) {
    return shown(approval).get("state").stringValue();
  }

  /// {@return the digest of what an approval is for}
  public String digest(String approval) {
    return shown(approval).get("digest").stringValue();
  }

  private JsonNode shown(String approval) {
    return operate("approvals.show", "{\"approval\":\"" + approval + "\"}");
  }

  /// {@return the types of the records of one call, oldest first}
  public List<String> trail(String call) {
    List<String> types = new ArrayList<>();
    operate("audit.list", "{\"call\":\"" + call + "\"}")
        .forEach(row -> types.addFirst(row.get("type").stringValue()));
    return types;
  }

  /// Stops the broker in order.
  public void stop() {
    keyward.close();
  }

  /// Starts a broker on the same home, a second later.
  public void start() throws CannotStart {
    clock.move(Duration.ofSeconds(1));
    keyward = open();
  }

  /// Keeps what a crash at this moment would leave behind: what is durable by now.
  public void snapshot() throws SQLException, IOException {
    // First, as a backup does: a checkpoint must not name records that the copy lacks.
    Files.copy(checkpoints(), home.folder().resolveSibling("snapshot.txt"));
    Path kept = home.folder().resolveSibling("snapshot.db");
    Files.deleteIfExists(kept);
    try (Connection sql = sql();
        var statement = sql.createStatement()) {
      statement.execute("VACUUM INTO '" + kept + "'");
    }
  }

  /// Lets the broker have died when [#snapshot] was called, and starts it again.
  public void startFromSnapshot() throws IOException, CannotStart {
    stop();
    for (String file : List.of("keyward.db-wal", "keyward.db-shm")) {
      Files.deleteIfExists(home.folder().resolve(file));
    }
    var replace = StandardCopyOption.REPLACE_EXISTING;
    Files.copy(home.folder().resolveSibling("snapshot.db"), home.database(), replace);
    Files.copy(home.folder().resolveSibling("snapshot.txt"), checkpoints(), replace);
    start();
  }

  private Path checkpoints() {
    return home.folder().resolve("checkpoints.txt");
  }

  /// {@return a connection to the database that knows nothing of the broker}
  public Connection sql() throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + home.database());
  }

  @Override
  public void close() {
    keyward.close();
    upstream.close();
  }

  private Keyward open() throws CannotStart {
    Keyward opened = Keyward.open(home, Mode.SERVE, clock);
    opened.serve();
    return opened;
  }

  private void place(String file, String text) {
    String local =
        text.replaceFirst("(?m)^origin: (?!postgresql:).*$", "origin: " + upstream.origin());
    write(home.catalog().resolve(file), local);
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
