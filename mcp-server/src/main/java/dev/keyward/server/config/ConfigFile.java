package dev.keyward.server.config;

import dev.keyward.call.AgentId;
import dev.keyward.call.ToolPattern;
import dev.keyward.catalog.SchemaCheck;
import dev.keyward.catalog.YamlText;
import dev.keyward.store.PostgresAddress;
import dev.keyward.store.PostgresSettings;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads `config.yaml`, whose format is the JSON Schema beside this class.
public final class ConfigFile {
  private static final Pattern ADDRESS =
      Pattern.compile("(\\[[0-9a-fA-F:.]+]|[A-Za-z0-9.-]+):([0-9]{1,5})");
  private static final int MAX_PORT = 65_535;
  private static final int DEFAULT_EXPIRY_MINUTES = 30;
  private static final int DEFAULT_LIST = 100;
  private static final int DEFAULT_SEARCH_MILLIS = 5_000;
  private static final int DEFAULT_GONE_AFTER_SECONDS = 300;

  private ConfigFile() {}

  /// The settings cannot be used; the message names file, line, field and rule.
  @SuppressWarnings("serial") // never serialized
  public static final class Unusable extends Exception {
    Unusable(String message) {
      super(message);
    }
  }

  /// {@return the settings of a home folder}
  ///
  /// @throws Unusable if there are none, or one breaks a rule
  public static Config read(Home home) throws Unusable {
    return parse(home, text(home));
  }

  /// {@return the settings that `init` writes, with comments}
  public static String initial() {
    return resource("config.yaml");
  }

  /// {@return the JSON Schema of the format, for editors}
  public static String schema() {
    return resource("config.schema.json");
  }

  /// {@return the settings that `yaml` states}
  ///
  /// @throws Unusable if one breaks a rule
  static Config parse(Home home, String yaml) throws Unusable {
    YamlText.Document document = document(yaml);
    try {
      Optional<SchemaCheck.Broken> broken = broken(document.json());
      if (broken.isPresent()) {
        String field = broken.get().pointer();
        throw unusable(document.lines().of(field), field, broken.get().rule());
      }
      return config(home, yaml, document.json());
    } catch (BadValue e) {
      throw unusable(document.lines().of(e.field), e.field, e.rule);
    }
  }

  /// A name that is not known comes first: where another is missing, it mostly is that one
  /// misspelt.
  private static Optional<SchemaCheck.Broken> broken(JsonNode json) {
    return new SchemaCheck(JsonMapper.shared().readTree(schema()))
        .check(json)
        .min(Comparator.comparing(SchemaCheck.Broken::declared));
  }

  private static YamlText.Document document(String yaml) throws Unusable {
    try {
      return YamlText.read(yaml);
    } catch (YamlText.Unreadable e) {
      throw unusable(e.line(), e.pointer(), e.rule());
    }
  }

  private static Config config(Home home, String yaml, JsonNode json) {
    JsonNode agents = json.path("agents");
    JsonNode people = json.path("people");
    JsonNode approvals = json.path("approvals");
    JsonNode redaction = json.path("redaction");
    Set<String> personal = new HashSet<>();
    redaction.path("personal_data").forEach(type -> personal.add(type.stringValue()));
    Set<String> hosts = new HashSet<>();
    agents.path("hosts").forEach(host -> hosts.add(host.stringValue()));
    Config.HostPort listen =
        address(agents.path("listen").asString("127.0.0.1:7410"), "/agents/listen");
    Optional<URI> url = text(agents, "url").map(stated -> SafeUrl.parse(stated, "/agents/url"));
    url.ifPresent(stated -> hosts.add(stated.getRawAuthority()));
    Optional<URI> known = url.or(() -> ownUrl(listen));
    List<TokenIssuer> issuers = TokenIssuers.read(json.path("issuers"), known, home);
    return new Config(
        new Config.AgentsListener(
            listen,
            hosts,
            origins(agents.path("origins"), "/agents/origins"),
            known,
            agents.path("list_at_most").asInt(DEFAULT_LIST)),
        new Config.PeopleListener(
            address(people.path("listen").asString("127.0.0.1:7411"), "/people/listen"),
            people.has("origin")
                ? Optional.of(origin(people.get("origin").stringValue(), "/people/origin"))
                : Optional.empty(),
            OpenIdSection.read(people.path("oidc"), home)),
        issuers,
        new Config.ApprovalsConfig(
            Duration.ofMinutes(
                approvals.path("expire_after_minutes").asInt(DEFAULT_EXPIRY_MINUTES)),
            approvals.path("single_operator").asBoolean(false),
            QuestionsSection.read(approvals),
            approvals.path("further_calls").asBoolean(true),
            approvals.path("passkeys").asString("offered").equals("required"),
            hold(approvals.path("hold_seconds")),
            NoticesSection.read(approvals, home)),
        allow(json.path("policy").path("allow")),
        text(json.path("policy"), "file").map(home.folder()::resolve),
        privateOrigins(json.path("egress").path("private_origins")),
        authorities(json.path("egress").path("ca_files"), home),
        LimitsSection.read(json.path("limits")),
        UnusualSection.read(json.path("unusual")),
        SecretsSection.read(json.path("secrets"), home),
        SecretsSection.commands(json.path("commands")),
        VaultSection.read(json.path("vault"), home),
        CredentialsSection.read(
            json.path("credentials"),
            issuers.stream().map(issuer -> issuer.issuer().name()).collect(Collectors.toSet())),
        home.folder().resolve(json.path("audit").path("checkpoints").asString("checkpoints.txt")),
        redaction.has("rules")
            ? Optional.of(home.folder().resolve(redaction.get("rules").stringValue()))
            : Optional.empty(),
        personal,
        Duration.ofMillis(redaction.path("search_at_most_ms").asInt(DEFAULT_SEARCH_MILLIS)),
        json.has("database") ? Optional.of(database(home, json.get("database"))) : Optional.empty(),
        yaml);
  }

  /// What agents on this machine call it; of any other address nobody can tell.
  private static Optional<URI> ownUrl(Config.HostPort listen) {
    return listen.host().equals("127.0.0.1") && listen.port() != 0
        ? Optional.of(URI.create("http://127.0.0.1:" + listen.port() + "/mcp"))
        : Optional.empty();
  }

  private static DatabaseConfig database(Home home, JsonNode database) {
    PostgresAddress address =
        said("/database/url", () -> PostgresAddress.parse(database.path("url").asString("")));
    Optional<Path> ca = text(database, "tls_ca").map(home.folder()::resolve).or(address::ca);
    PostgresSettings.Tls tls =
        text(database, "tls")
            .map(word -> said("/database/tls", () -> PostgresSettings.Tls.parse(word)))
            .orElse(address.tls());
    if (ca.filter(file -> !Files.isReadable(file)).isPresent()) {
      throw new BadValue("/database/tls_ca", "must name a file that can be read");
    }
    if (database.has("password_file") && database.has("password_env")) {
      throw new BadValue("/database/password_env", "must not stand beside password_file");
    }
    Optional<DatabaseConfig.PasswordPlace> password =
        text(database, "password_file")
            .map(home.folder()::resolve)
            .<DatabaseConfig.PasswordPlace>map(DatabaseConfig.PasswordPlace.InFile::new)
            .or(
                () ->
                    text(database, "password_env")
                        .map(DatabaseConfig.PasswordPlace.InVariable::new));
    return new DatabaseConfig(
        address.with(tls, ca),
        text(database, "user"),
        password,
        text(database, "replica"),
        Duration.ofSeconds(
            database.path("replica_gone_after_seconds").asInt(DEFAULT_GONE_AFTER_SECONDS)));
  }

  private static Optional<String> text(JsonNode json, String field) {
    return json.has(field) ? Optional.of(json.get(field).stringValue()) : Optional.empty();
  }

  private static <T> T said(String field, Supplier<T> parsed) {
    try {
      return parsed.get();
    } catch (IllegalArgumentException e) {
      throw new BadValue(field, String.valueOf(e.getMessage()));
    }
  }

  private static List<Config.AllowRule> allow(JsonNode rules) {
    List<Config.AllowRule> allow = new ArrayList<>();
    for (JsonNode rule : rules) {
      Set<AgentId> agents = new HashSet<>();
      rule.path("agents").forEach(agent -> agents.add(new AgentId(agent.stringValue())));
      allow.add(new Config.AllowRule(new ToolPattern(rule.get("tool").stringValue()), agents));
    }
    return allow;
  }

  private static Map<String, Duration> hold(JsonNode byClient) {
    Map<String, Duration> hold = new HashMap<>();
    for (var client : byClient.properties()) {
      hold.put(client.getKey(), Duration.ofSeconds(client.getValue().intValue()));
    }
    return hold;
  }

  private static Set<URI> origins(JsonNode list, String field) {
    Set<URI> origins = new HashSet<>();
    int place = 0;
    for (JsonNode origin : list) {
      origins.add(origin(origin.stringValue(), field + "/" + place++));
    }
    return origins;
  }

  private static Map<URI, Path> authorities(JsonNode files, Home home) {
    Map<URI, Path> authorities = new HashMap<>();
    int place = 0;
    for (var entry : files.properties()) {
      authorities.put(
          origin(entry.getKey(), "/egress/ca_files/" + place++),
          home.folder().resolve(entry.getValue().stringValue()));
    }
    return authorities;
  }

  /// Databases are origins of tools, too.
  private static Set<URI> privateOrigins(JsonNode list) {
    Set<URI> origins = new HashSet<>();
    int place = 0;
    for (JsonNode origin : list) {
      String text = origin.stringValue();
      String asHttp = text.replaceFirst("^postgresql:", "http:");
      URI checked = origin(asHttp, "/egress/private_origins/" + place++);
      origins.add(asHttp.equals(text) ? checked : URI.create(text));
    }
    return origins;
  }

  static URI origin(String text, String field) {
    try {
      URI origin = URI.create(text);
      boolean bare =
          origin.getHost() != null
              && origin.getRawUserInfo() == null
              && origin.getRawPath().isEmpty()
              && origin.getRawQuery() == null
              && origin.getRawFragment() == null
              && ("http".equals(origin.getScheme()) || "https".equals(origin.getScheme()));
      if (bare) {
        return origin;
      }
    } catch (IllegalArgumentException e) {
      // said below
    }
    throw new BadValue(
        field, "must be scheme, host and port only, for example https://crm.example.com");
  }

  static Config.HostPort address(String text, String field) {
    Matcher parts = ADDRESS.matcher(text);
    if (!parts.matches()) {
      throw new BadValue(field, "must be a host and a port, for example 127.0.0.1:7410");
    }
    int port = Integer.parseInt(parts.group(2));
    if (port > MAX_PORT) {
      throw new BadValue(field, "must have a port of at most " + MAX_PORT);
    }
    return new Config.HostPort(parts.group(1).replaceAll("[\\[\\]]", ""), port);
  }

  private static String text(Home home) throws Unusable {
    try {
      return Files.readString(home.config());
    } catch (NoSuchFileException e) {
      throw new Unusable(
          home.folder() + " is not a Keyward home: it has no config.yaml (keyward init makes one)");
    } catch (IOException e) {
      throw new Unusable(home.config() + " cannot be read");
    }
  }

  private static String resource(String name) {
    try (InputStream in = ConfigFile.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException("the jar lacks " + name, e);
    }
  }

  private static Unusable unusable(int line, String field, String rule) {
    return new Unusable(
        "config.yaml, line " + line + ", " + (field.isEmpty() ? "/" : field) + ": " + rule);
  }

  /// A value that breaks a rule which the schema cannot state.
  @SuppressWarnings("serial") // never serialized
  static final class BadValue extends RuntimeException {
    private final String field;
    private final String rule;

    BadValue(String field, String rule) {
      super(rule);
      this.field = field;
      this.rule = rule;
    }
  }
}
