package dev.keyward.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.catalog.ExampleCatalogs;
import dev.keyward.server.cli.Main;
import dev.keyward.server.config.Home;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The command line, in this process, on a home folder of its own.
@Timeout(180)
final class CliTest {
  private static final String KEY = "rk_live_7Kd83Mq0TzLbW4uYhE6RnC";

  @TempDir Path folder;
  private Home home;

  /// What a command said and how it ended.
  private record Said(int code, String out, String err) {
    JsonNode json() {
      return JsonMapper.shared().readTree(out);
    }
  }

  @BeforeEach
  void name() {
    home = new Home(folder.resolve("home"));
  }

  @Test
  void initMakesAHomeThatOnlyItsOwnerCanReadAndNeverTwice() throws Exception {
    assertEquals(0, run("init").code);
    String key = Files.readString(home.masterKey());
    String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(home.folder()));

    Said again = run("init");

    assertEquals("rwx------", mode);
    assertEquals(1, again.code);
    assertTrue(again.err.contains("home folder already"), again.err);
    assertEquals(key, Files.readString(home.masterKey()));
  }

  @Test
  void whatAnInterruptedInitLeftIsMadeAnewAndNothingElseEverIs() throws Exception {
    run("init");
    String settings = Files.readString(home.config());
    String key = Files.readString(home.masterKey());
    Path unfinished = home.folder().resolve("config.yaml.unfinished");

    Files.delete(home.config());
    Said keysWithoutSettings = run("init");
    Files.writeString(unfinished, "");
    Path foreign = Files.writeString(home.catalog().resolve("crm.yaml"), "system: crm");
    Said somethingElseToo = run("init");
    String kept = Files.readString(home.masterKey());
    Files.delete(foreign);
    Said interrupted = run("init");

    for (Said refused : List.of(keysWithoutSettings, somethingElseToo)) {
      assertEquals(1, refused.code);
      assertTrue(refused.err.contains("is not empty; nothing was changed"), refused.err);
    }
    assertEquals(key, kept);
    assertEquals(0, interrupted.code, interrupted.err);
    assertEquals(settings, Files.readString(home.config()));
    assertFalse(Files.exists(unfinished));
    assertNotEquals(key, Files.readString(home.masterKey()));
    assertEquals(0, run("catalog", "check").code);
    assertTrue(run("init").err.contains("home folder already"));
  }

  @Test
  void aFreshHomeStartsAsItIsAndItsCatalogIsGood() {
    run("init");

    Said checked = run("catalog", "check");

    assertEquals(0, checked.code, checked.out);
    assertEquals(0, run("agent", "list").code);
  }

  @Test
  void whereThereIsNoHomeTheBrokerDoesNotStartAndSaysHowToMakeOne() {
    Said said = run("agent", "list");

    assertEquals(3, said.code);
    assertTrue(said.err.contains("keyward init"), said.err);
    assertFalse(Files.exists(home.database()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"nonsense", "agent nonsense", "agent add", "agent list --nonsense"})
  void aCommandLineThatIsWrongEndsWithTwo(String line) {
    Said said = run(line.split(" ", -1));

    assertEquals(2, said.code);
    assertTrue(said.err.contains("--help"), said.err);
    assertEquals("", said.out);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "init",
        "serve",
        "stdio",
        "person add",
        "agent add",
        "agent list",
        "agent rotate",
        "agent tools",
        "agent revoke",
        "secret set",
        "secret list",
        "secret rotate",
        "secret remove",
        "secret versions",
        "secret rollback",
        "secret import",
        "secret export",
        "secret rekey",
        "catalog check",
        "catalog list",
        "catalog show",
        "approvals list",
        "approvals show",
        "person lend",
        "person loans",
        "person end-loan",
        "approvals reviews",
        "approvals suggest",
        "approvals login",
        "approvals logout",
        "approvals approve",
        "approvals deny",
        "approvals watch",
        "audit list",
        "audit verify",
        "doctor"
      })
  void everyCommandExplainsItself(String command) {
    List<String> words = new ArrayList<>();
    if (!command.isEmpty()) {
      words.addAll(List.of(command.split(" ", -1)));
    }
    words.add("--help");

    int code = here("", words).code;

    assertEquals(0, code);
  }

  @Test
  void whatCannotBeDoneEndsWithOneAndSaysWhy() {
    run("init");

    Said said = run("agent", "add", "a1", "--owner", "nobody");

    assertEquals(1, said.code);
    assertTrue(said.err.contains("no person named nobody"), said.err);
    assertEquals("", said.out);
  }

  @Test
  void aCheckThatFindsSomethingEndsWithFour() throws Exception {
    run("init");
    Said doctor = run("doctor");
    assertEquals(4, doctor.code);
    assertTrue(doctor.out.contains("local:stripe#api_key"), doctor.out);

    Files.writeString(home.catalog().resolve("bad.yaml"), "system: bad\ntools: 7\n");

    Said catalog = run("catalog", "check");
    assertEquals(4, catalog.code);
    assertTrue(catalog.out.contains("bad.yaml:2"), catalog.out);
  }

  @Test
  void doctorTellsOfABrokerThatCannotStart() throws Exception {
    run("init");
    Files.setPosixFilePermissions(home.masterKey(), PosixFilePermissions.fromString("rw-r--r--"));

    Said doctor = run("doctor");

    assertEquals(4, doctor.code);
    assertTrue(doctor.out.contains("master.key"), doctor.out);
  }

  @Test
  void aSecretComesFromStandardInputAndNeverFromTheCommandLine() {
    run("init");

    assertEquals(2, run("secret", "set", "stripe#api_key", KEY).code);
    assertEquals(2, run("secret", "set", "stripe#api_key", "--value", KEY).code);
    Said set = said(KEY + "\n", "secret", "set", "stripe#api_key");

    assertEquals(0, set.code, set.err);
    assertFalse((set.out + set.err).contains(KEY));
    JsonNode listed = run("secret", "list", "--json").json();
    assertEquals("local:stripe#api_key", listed.at("/0/name").asString(""));
    assertEquals(1, said(KEY + "\n", "secret", "set", "stripe#api_key").code);
    assertEquals(1, said("", "secret", "rotate", "stripe#api_key").code);
    assertEquals(0, said("another-value-123", "secret", "rotate", "stripe#api_key").code);
  }

  @Test
  void aSecretIsPutBackInForce() {
    run("init");
    said(KEY, "secret", "set", "crm#token");
    assertEquals(1, run("secret", "rollback", "crm#token").code);
    said("another-value-123", "secret", "rotate", "crm#token");

    Said back = run("secret", "rollback", "crm#token", "--json");

    assertEquals(3, back.json().path("version").asInt());
    assertEquals(3, run("secret", "versions", "crm#token", "--json").json().size());
    assertEquals(1, run("secret", "rollback", "crm#token", "--to", "3").code);
    assertEquals(KEY, run("secret", "export", "--reveal").json().at("/crm/token").asString(""));
    assertTrue(run("audit", "list").out.contains("secret.rolled_back"));
  }

  @Test
  void secretsComeFromAFileAllOrNone() throws Exception {
    run("init");
    Path env =
        Files.writeString(
            folder.resolve("old.env"),
            """
            # of the old deployment
            export TOKEN="a \\"quoted\\" $HOME\\nvalue" # said twice
            KEY = 'it is # raw'

            BARE=plain value # not this
            PEM="-----BEGIN X-----
            abc
            -----END X-----"
            """);

    Said stored = run("secret", "import", env.toString(), "--into", "desk", "--json");
    Said again = run("secret", "import", env.toString(), "--into", "desk");
    Said replaced =
        run("secret", "import", env.toString(), "--into", "desk", "--replace", "--json");

    assertEquals(4, stored.json().size(), stored.err);
    assertTrue(stored.err.contains("Remove " + env), stored.err);
    assertEquals(1, again.code);
    assertEquals(2, replaced.json().at("/0/version").asInt());
    JsonNode desk = run("secret", "export", "--reveal", "--from", "desk").json().path("desk");
    assertEquals("a \"quoted\" $HOME\nvalue", desk.path("TOKEN").asString(""));
    assertEquals("it is # raw", desk.path("KEY").asString(""));
    assertEquals("plain value", desk.path("BARE").asString(""));
    assertEquals("-----BEGIN X-----\nabc\n-----END X-----", desk.path("PEM").asString(""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "A=sk_live_canary\nB",
        "A=sk_live_canary\nA=other",
        "A='sk_live_canary",
        "A=\"sk_live_canary\" sk_live_canary",
        "A=",
        "1A=sk_live_canary",
      })
  void aFileThatIsNotUnderstoodStoresNothingAndIsNotQuoted(String text) throws Exception {
    run("init");
    Path env = Files.writeString(folder.resolve("bad.env"), text);

    Said refused = run("secret", "import", env.toString(), "--into", "desk");

    assertEquals(1, refused.code);
    assertTrue(refused.err.contains("line "), refused.err);
    assertFalse(refused.err.contains("sk_live_canary"), refused.err);
    assertEquals("[]", run("secret", "list", "--json").out.strip().replace(" ", ""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"crm\": {\"token\": \"sk_live_canary\"}, \"crm\": {\"token\": \"x\"}}",
        "{\"crm\": {\"token\": 7, \"key\": \"sk_live_canary\"}}",
        "{\"crm\": \"sk_live_canary\"}",
        "{\"../crm\": {\"token\": \"sk_live_canary\"}}",
        "[\"sk_live_canary\"]",
        "sk_live_canary",
      })
  void aJsonFileOfAnotherShapeStoresNothingAndIsNotQuoted(String text) throws Exception {
    run("init");
    Path json = Files.writeString(folder.resolve("bad.json"), text);

    Said refused = run("secret", "import", json.toString());

    assertEquals(1, refused.code, refused.out);
    assertFalse((refused.out + refused.err).contains("sk_live_canary"), refused.err);
    assertEquals("[]", run("secret", "list", "--json").out.strip().replace(" ", ""));
  }

  @Test
  void valuesComeOutOnlyWhenItIsSaidAndIntoAFileOfOnesOwn() throws Exception {
    run("init");
    said(KEY, "secret", "set", "crm#token");
    said("it's \"$x\" `y` \\ z-canary", "secret", "set", "crm#other");
    Path file = folder.resolve("out.env");

    Said silent = run("secret", "export");
    Said written = run("secret", "export", "--reveal", "--from", "crm", "--to", file.toString());
    Said again = run("secret", "export", "--reveal", "--from", "crm", "--to", file.toString());

    assertEquals(2, silent.code);
    assertFalse((silent.out + silent.err).contains(KEY));
    assertEquals(0, written.code, written.err);
    assertTrue(written.err.contains("in the clear"), written.err);
    assertEquals("", written.out);
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertEquals(1, again.code);
    Said back = run("secret", "import", file.toString(), "--into", "copy");
    assertEquals(0, back.code, back.err);
    JsonNode all = run("secret", "export", "--reveal").json();
    assertEquals(all.path("crm"), all.path("copy"));
    JsonNode audit = run("audit", "list", "--json").json();
    assertTrue(audit.toString().contains("secret.exported"), audit.toString());
    assertFalse(audit.toString().contains(KEY));
  }

  @Test
  void aBrokerThatRunsGivesNoValueOut() throws Exception {
    run("init");
    onAnyPorts();
    said(KEY, "secret", "set", "crm#token");
    try (Keyward broker = Keyward.open(home, Mode.SERVE, InstantSource.system())) {
      broker.serve();

      Said said = run("secret", "export", "--reveal");

      assertEquals(1, said.code);
      assertTrue(said.err.contains("stop it first"), said.err);
      assertFalse((said.out + said.err).contains(KEY));
    }
  }

  @Test
  void theMasterKeyIsChangedWhileTheRestGoesOn() throws Exception {
    run("init");
    said(KEY, "secret", "set", "crm#token");
    String before = Files.readString(home.masterKey());

    Said plain = run("secret", "rekey");
    Said handedIn = run("secret", "rekey", "--key-file", home.masterKey().toString());
    Said shortOne = said("too short", "secret", "rekey", "--passphrase");

    assertEquals(0, plain.code, plain.err);
    assertFalse(Files.readString(home.masterKey()).equals(before));
    assertEquals(KEY, run("secret", "export", "--reveal").json().at("/crm/token").asString(""));
    assertTrue(run("audit", "list").out.contains("master_key.changed"));
    assertEquals(1, handedIn.code);
    assertEquals(1, shortOne.code);
  }

  @Test
  void aPassphraseOpensTheHomeFromAVariableOnly() throws Exception {
    run("init");
    said(KEY, "secret", "set", "crm#token");

    Said locked = said("correct horse battery", "secret", "rekey", "--passphrase");
    Said shut = run("secret", "list");

    assertEquals(0, locked.code, locked.err);
    assertEquals(3, shut.code);
    assertTrue(shut.err.contains("passphrase_env"), shut.err);
  }

  @Test
  void noCommandHasAnOptionForASecret() {
    for (String command :
        List.of("secret set", "secret rotate", "secret rekey", "agent add", "stdio", "serve")) {
      List<String> words = new ArrayList<>(List.of(command.split(" ", -1)));
      words.add("--help");
      String help = here("", words).out;
      assertFalse(help.contains("--value"), help);
      assertFalse(help.contains("--key "), help);
      assertFalse(help.contains("--password"), help);
    }
  }

  @Test
  void theKeyOfAnAgentAloneGoesToStandardOutput() {
    run("init");
    run("person", "add", "olga");

    Said added = run("agent", "add", "a1", "--owner", "olga", "--tools", "stripe.*");

    assertEquals(0, added.code, added.err);
    assertTrue(added.out.strip().matches("kw_agent_[A-Za-z0-9_-]{43}"), added.out);
    assertEquals(1, run("agent", "add", "a1", "--owner", "olga").code);
    Said rotated = run("agent", "rotate", "a1");
    assertNotEquals(added.out, rotated.out);
    assertEquals(0, run("agent", "revoke", "a1").code);
    assertEquals(1, run("agent", "rotate", "a1").code);
  }

  @Test
  void whatAProgramReadsIsJson() {
    run("init");
    run("person", "add", "olga", "--role", "reviewer");
    run("agent", "add", "a1", "--owner", "olga");

    for (List<String> words : lists()) {
      List<String> line = new ArrayList<>(words);
      line.add("--json");
      Said said = run(line.toArray(String[]::new));
      assertTrue(said.json().isContainer(), words + ": " + said.out);
    }
  }

  @Test
  void besideARunningBrokerCommandsSayTheSame() throws Exception {
    run("init");
    run("person", "add", "olga", "--role", "reviewer");
    run("agent", "add", "a1", "--owner", "olga");
    said(KEY, "secret", "set", "stripe#api_key");
    onAnyPorts();
    List<List<String>> lines = lists().stream().filter(words -> !words.contains("audit")).toList();
    List<Said> alone = lines.stream().map(words -> run(words.toArray(String[]::new))).toList();

    try (var broker = Keyward.open(home, Mode.SERVE, InstantSource.system())) {
      broker.serve();
      for (int i = 0; i < lines.size(); i++) {
        Said beside = run(lines.get(i).toArray(String[]::new));
        assertEquals(alone.get(i), beside, lines.get(i).toString());
      }
      Said refused = run("agent", "add", "a1", "--owner", "olga");
      assertEquals(1, refused.code);
      assertTrue(refused.err.contains("exists already"), refused.err);
      assertEquals(0, run("agent", "revoke", "a1").code);
      assertEquals(3, run("serve").code);
    }

    assertEquals(0, run("audit", "verify").code);
    assertTrue(run("audit", "list").out.contains("agent.revoked"));
  }

  @Test
  void anApprovalCannotBeDecidedOnTheCommandLineByNobody() {
    run("init");
    for (String verb : List.of("approve", "deny", "decide")) {
      assertEquals(2, run("approvals", verb, "apr_" + "0".repeat(26)).code);
    }
    String nobody = folder.resolve("nobody.json").toString();
    List<String> words = List.of("approvals", "deny", "apr_" + "0".repeat(26), "--session", nobody);
    assertTrue(here("", words).err.contains("nobody is signed in at this terminal"));
  }

  @Test
  void aChangedRecordIsFound() throws Exception {
    run("init");
    run("person", "add", "olga");
    assertEquals(0, run("audit", "verify").code);
    try (var sql = DriverManager.getConnection("jdbc:sqlite:" + home.database());
        var statement = sql.createStatement()) {
      statement.execute("DROP TRIGGER IF EXISTS audit_events_no_update");
      assertEquals(
          1,
          statement.executeUpdate(
              "UPDATE audit_events SET body = replace(body, 'olga', 'otto')"
                  + " WHERE type = 'person.added'"));
    }

    Said said = run("audit", "verify");

    assertEquals(4, said.code);
    assertTrue(said.out.contains("NOT whole"), said.out);
    assertFalse(run("audit", "verify", "--json").json().path("intact").asBoolean(true));
  }

  @Test
  void controlCharactersOfAnAgentDoNotReachTheTerminal() throws Exception {
    run("init");
    var broker = TestBroker.in(folder.resolve("other"));
    try (broker) {
      ObjectNode note = JsonMapper.shared().createObjectNode();
      note.put("ticket_id", "1").put("internal", true).put("text", "a\u001b[2Jb\u202ec");
      broker.agent("a1", "crm.*").call("crm.add_note", note.toString());

      Said listed =
          here("", List.of("approvals", "list", "--home", broker.home().folder().toString()));

      assertEquals(0, listed.code, listed.err);
      assertFalse(listed.out.contains("\u001b"));
      assertFalse(listed.out.contains("\u202e"));
    }
  }

  @Test
  void aRecordWhoseCheckpointFileIsGoneIsNotWhole() throws Exception {
    run("init");
    run("person", "add", "olga");
    Files.delete(home.folder().resolve("checkpoints.txt"));

    Said said = run("audit", "verify");

    assertEquals(4, said.code, said.out);
    assertTrue(said.out.contains("checkpoint file: "), said.out);
    assertFalse(said.out.contains("is whole"), said.out);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--database", "--checkpoints", "--key"})
  void aFileThatTheAuditorNamesAndThatIsNotThereIsAnError(String option) {
    run("init");
    run("person", "add", "olga");

    Said said = run("audit", "verify", option, folder.resolve("nowhere").toString());

    assertEquals(1, said.code, said.out);
    assertTrue(said.err.contains("nowhere"), said.err);
    assertEquals("", said.out);
  }

  @ParameterizedTest
  @ValueSource(strings = {"audit.pub", "config.yaml"})
  void whatTheAuditNeedsOfTheHomeAndIsNotThereIsAnError(String file) throws Exception {
    run("init");
    run("person", "add", "olga");
    Files.delete(home.folder().resolve(file));

    Said said = run("audit", "verify");

    assertEquals(1, said.code, said.out);
    assertTrue(said.err.contains(file), said.err);
  }

  @Test
  void aPublicKeyThatIsNoneIsSaidInASentence() throws Exception {
    run("init");
    run("person", "add", "olga");
    Files.writeString(home.auditPublicKey(), "nonsense\n");

    Said said = run("audit", "verify");

    assertEquals(1, said.code, said.out);
    assertTrue(said.err.contains("name+keyid+base64"), said.err);
    assertFalse(said.err.contains("Exception"), said.err);
  }

  @Test
  void initRefusesWhatIsThereAndChangesNothing() throws Exception {
    Files.writeString(home.folder(), "a file");
    assertRefuses("is not a folder");
    assertEquals("a file", Files.readString(home.folder()));

    Files.delete(home.folder());
    Files.createDirectory(home.folder());
    Files.writeString(home.folder().resolve("mine"), "x");
    assertRefuses("is not empty");
    assertFalse(Files.exists(home.masterKey()));

    Files.delete(home.folder().resolve("mine"));
    assertEquals(0, run("init").code);
  }

  private void assertRefuses(String why) {
    Said said = run("init");
    assertEquals(1, said.code);
    assertTrue(said.err.contains(why), said.err);
    assertFalse(said.err.contains("Exception"), said.err);
  }

  @Test
  void anAgentThatSeesNothingIsAddedWithAWarning() {
    run("init");
    run("person", "add", "olga");

    Said blind = run("agent", "add", "a1", "--owner", "olga", "--tools", "stripe.*,crm.*");
    Said sighted = run("agent", "add", "a2", "--owner", "olga", "--tools", "stripe.*", "--json");

    assertEquals(0, blind.code);
    assertTrue(blind.err.contains("no tool that fits crm.*;"), blind.err);
    assertFalse(sighted.json().has("warning"), sighted.out);
  }

  @Test
  void anAgentIsGivenOtherTools() {
    run("init");
    run("person", "add", "olga");
    run("agent", "add", "a1", "--owner", "olga", "--tools", "stripe.*");

    Said changed = run("agent", "tools", "a1", "--tools", "stripe.list_invoices,crm.*");

    assertEquals(0, changed.code, changed.err);
    assertTrue(changed.err.contains("no tool that fits crm.*;"), changed.err);
    assertTrue(run("agent", "list").out.contains("stripe.list_invoices crm.*"));
    assertEquals(2, run("agent", "tools", "a1").code);
  }

  @Test
  void theExpiryOfANewKeyIsTheOneThatTheListShows() {
    run("init");
    run("person", "add", "olga");

    JsonNode added =
        run("agent", "add", "a1", "--owner", "olga", "--tools", "stripe.*", "--json").json();

    String listed = run("agent", "list", "--json").json().at("/0/key_expires").asString("");
    assertEquals(listed, added.path("expires").asString());
  }

  @Test
  void whoeverIsRemovedAndOwnsLiveAgentsIsRemovedWithAWarning() {
    run("init");
    run("person", "add", "olga");
    run("agent", "add", "a1", "--owner", "olga");
    run("agent", "add", "a2", "--owner", "olga");
    run("agent", "revoke", "a2");

    Said removed = run("person", "remove", "olga", "--json");

    assertEquals(0, removed.code);
    assertTrue(removed.json().path("warning").asString("").endsWith(": a1"), removed.out);
  }

  @Test
  void doctorNamesRulesThatAllowNothing() throws Exception {
    run("init");
    Files.writeString(
        home.config(),
        """
        agents: {listen: "127.0.0.1:0"}
        people: {listen: "127.0.0.1:0"}
        policy:
          allow:
            - tool: crm.add_note
            - {tool: stripe.create_refund, agents: [ghost]}
        """);

    String told = run("doctor").out;

    assertTrue(told.contains("names no tool of the catalog"), told);
    assertTrue(told.contains("whatever it says: stripe.create_refund"), told);
    assertTrue(told.contains("names no agent that may call: ghost"), told);
  }

  @Test
  void everySummaryInTheHelpIsWhole() {
    Said help = here("", List.of("help"));
    String told = help.out.replaceAll("\\s+", " ");

    assertEquals(0, help.code);
    assertTrue(told.contains("Runs the broker until SIGTERM or Ctrl-C. stdio"), told);
    assertTrue(told.contains("settings, keys and an example catalog file. serve"), told);
  }

  @Test
  void anUnknownCommandIsAnsweredWithOneThatIsKnown() {
    Said said = here("", List.of("catalgo"));

    assertEquals(2, said.code);
    assertTrue(said.err.contains("catalog"), said.err);
  }

  @Test
  void aHomeBeforeTheCommandIsToldWhereItGoes() {
    Said said = here("", List.of("--home", folder.toString(), "init"));

    assertEquals(2, said.code);
    assertTrue(said.err.contains("goes after the command"), said.err);
  }

  @Test
  void anApprovalOfAnotherShapeIsComplainedOfByName() {
    run("init");

    Said said = run("approvals", "show", "apr_x");

    assertEquals(1, said.code);
    assertTrue(said.err.contains("approval must be apr_"), said.err);
  }

  @Test
  void catalogShowTellsHowTheRequestIsMade() {
    run("init");

    JsonNode shown = run("catalog", "show", "stripe.create_refund", "--json").json();

    assertEquals("POST", shown.path("method").asString(""));
    assertEquals("/v1/refunds", shown.path("path").asString(""));
    assertEquals("json", shown.path("response").asString(""));
    assertEquals("Idempotency-Key", shown.path("idempotency_header").asString(""));
    assertEquals("bearer", shown.path("credential_in").asString(""));
    assertEquals("form", shown.path("body_kind").asString(""));
    assertEquals("charge", shown.at("/body/0/from").asString(""));
    assertTrue(shown.path("result").toString().contains("\"status\""), shown.toString());
    assertEquals("stripe.read_charge", shown.at("/preview/tool").asString(""));
  }

  @Test
  void whoReviewsNothingIsNotAddedAndWhatFitsNothingIsWarnedOf() throws Exception {
    withCrm("crm.*");

    Said member = run("person", "add", "mia", "--tool", "crm.*");
    Said misspelt =
        run(
            "person",
            "add",
            "rex",
            "--role",
            "reviewer",
            "--tool",
            "crm.*",
            "--tool",
            "cmr.read",
            "--system",
            "stripes",
            "--workspace",
            "nowhere");
    Said scoped = run("person", "scope", "rex", "--tool", "desk.*");
    Said good = run("person", "scope", "rex", "--tool", "crm.*", "--workspace", "default");
    Said notAReviewer = run("person", "scope", "olga", "--system", "crm");

    assertEquals(1, member.code);
    assertTrue(member.err.contains("--role reviewer"), member.err);
    assertFalse(run("person", "list").out.contains("mia"));
    assertEquals(0, misspelt.code);
    String nothing = "no request can fit cmr.read, system stripes, workspace nowhere as things are";
    assertTrue(misspelt.err.contains("Warning: " + nothing), misspelt.err);
    assertEquals(0, scoped.code);
    assertTrue(scoped.err.contains("no request can fit desk.*"), scoped.err);
    assertFalse(scoped.out.contains("warning"), scoped.out);
    assertFalse(good.err.contains("Warning"), good.err);
    assertEquals(1, notAReviewer.code);
  }

  private static List<List<String>> lists() {
    return List.of(
        List.of("agent", "list"),
        List.of("person", "list"),
        List.of("secret", "list"),
        List.of("catalog", "check"),
        List.of("catalog", "list"),
        List.of("catalog", "show", "stripe.create_refund"),
        List.of("approvals", "list"),
        List.of("audit", "list"),
        List.of("audit", "verify"),
        List.of("doctor"));
  }

  @Test
  void redactTakesSecretsOutOfAFileWithoutAHome() throws Exception {
    Path file = folder.resolve("app.env");
    Files.writeString(file, "PORT=8080\nDB_PASSWORD=gR33n-lamp\nNAME=lamp\n");

    Said said = homeless("", "redact", "--explain", file.toString());

    assertEquals("PORT=8080\nDB_PASSWORD=[redacted]\nNAME=lamp\n", said.out);
    assertTrue(said.err.contains("app.env:2:13 password password"), said.err);
    assertFalse(said.err.contains("lamp-"), said.err);
    assertEquals(0, said.code);
  }

  @Test
  void redactReadsTextWithoutEndInPiecesAndLosesNothing() throws Exception {
    Path file = folder.resolve("long.log");
    String line = "2026-11-20 ann signed in with password=gR33n-lamp7 from the lobby\n";
    Files.writeString(file, line.repeat(5_000));

    Said said = homeless("", "redact", file.toString());

    assertEquals(line.replace("gR33n-lamp7", "[redacted]").repeat(5_000), said.out);
  }

  @Test
  void redactReadsFilesAsTheirNamesSay() throws Exception {
    Path csv = folder.resolve("users.csv");
    Files.writeString(csv, "name,password,role\n\"Lamp, Ann\",gR33n-lamp7,admin\n");
    Path xml = folder.resolve("server.xml");
    Files.writeString(xml, "<server><password>gR33n-lamp7</password></server>\n");
    Path yaml = folder.resolve("values.yaml");
    Files.writeString(yaml, "passwords:\n  - gR33n-lamp7\n");

    Said said = homeless("", "redact", csv.toString(), xml.toString(), yaml.toString());

    assertEquals(
        """
        name,password,role
        "Lamp, Ann",[redacted],admin
        <server><password>[redacted]</password></server>
        passwords:
          - [redacted]
        """,
        said.out,
        said.err);
  }

  @Test
  void redactNamesTheFileAndPlaceThatIsNotJsonAndQuotesNothing() throws Exception {
    Path json = folder.resolve("bad.json");
    Files.writeString(json, "{\"a\": 1,\n \"password\": gR33n-lamp7}\n");

    Said said = homeless("", "redact", "--format", "json", json.toString());

    assertEquals(1, said.code);
    assertTrue(said.err.contains("bad.json:2:"), said.err);
    assertFalse(said.err.contains("gR33n"), said.err);
  }

  @Test
  void redactShowsWholeLinesWhileNoMoreComes() throws Exception {
    Said said = homeless("a=1\npassword=gR33n-lamp7\nend", "redact", "--live");

    assertEquals("a=1\npassword=[redacted]\nend", said.out, said.err);
  }

  @Test
  void redactAnswersALineOfJsonForEachAndCountsInCodePoints() throws Exception {
    Path rules = folder.resolve("rules.yaml");
    Files.writeString(rules, "off: [password]\n");
    String asked =
        """
        {"id": "1", "text": "\\ud83d\\ude00 pwd=gR33n-lamp"}
        {"id": "2", "text": "held: Zq8LmW3xRt6VbN1c", "secrets": ["Zq8LmW3xRt6VbN1c"]}
        """;

    Said said = homeless(asked, "redact", "--jsonl", "--rules", rules.toString());

    List<JsonNode> answers = said.out.lines().map(JsonMapper.shared()::readTree).toList();
    assertEquals("\ud83d\ude00 pwd=[redacted]", answers.get(0).get("text").stringValue());
    assertEquals(6, answers.get(0).at("/findings/0/start").intValue());
    assertEquals("known", answers.get(1).at("/findings/0/type").stringValue());
  }

  @Test
  void redactReadsLinesOfJsonFromFilesAndKeepsTheKnownSecretsBesideThoseOfALine() throws Exception {
    Path known = folder.resolve("known.txt");
    Files.writeString(known, "Kd93-vmQ2-xx81-PoL7\n");
    Path asked = folder.resolve("asked.jsonl");
    Files.writeString(
        asked,
        "{\"text\": \"Kd93-vmQ2-xx81-PoL7 Zq8LmW3xRt6VbN1c\", \"secrets\":"
            + " [\"Zq8LmW3xRt6VbN1c\"]}\n");

    Said said = homeless("", "redact", "--jsonl", "--known", known.toString(), asked.toString());

    assertEquals(
        "[redacted] [redacted]",
        JsonMapper.shared().readTree(said.out).path("text").asString(),
        said.err);
  }

  @Test
  void redactRefusesALineWhoseTextItDoesNotFind() {
    Said named = homeless("{\"text\":\"a\"}\n{\"body\":\"gR33n-lamp\"}\n", "redact", "--jsonl");
    Said number = homeless("{\"chunks\":[\"a\",5]}\n", "redact", "--jsonl");

    assertEquals(1, named.code);
    assertTrue(named.err.contains("line 2 has neither"), named.err);
    assertFalse(named.err.contains("gR33n-lamp"), named.err);
    assertEquals(1, number.code);
  }

  @Test
  void aRunIsOpenedShownAndEnded() throws Exception {
    withCrm("crm.*");
    String[] open = {
      "run",
      "open",
      "--agent",
      "a1",
      "--purpose",
      "Ticket 4812",
      "--tools",
      "crm.read_ticket",
      "--where",
      "ticket_id == \"4812\"",
      "--calls",
      "3",
      "--minutes",
      "15"
    };

    Said opened = run(open);
    Said wider = run("run", "open", "--agent", "a1", "--purpose", "x", "--tools", "stripe.*");
    JsonNode listed = run("run", "list", "--json").json();
    String name = listed.at("/0/run").stringValue();
    JsonNode shown = run("run", "show", name, "--json").json();

    assertTrue(opened.out.strip().matches("kw_run_\\S+"), opened.out);
    assertEquals(1, wider.code);
    assertTrue(wider.err.contains("tools must be among those of the agent"), wider.err);
    assertEquals(1, listed.size());
    assertEquals("Ticket 4812", shown.path("purpose").stringValue());
    assertEquals(3, shown.at("/grants/0/calls").asInt());
    assertEquals(0, shown.at("/grants/0/used/calls").asInt());
    assertFalse(listed.toString().contains("kw_run_"), "a token is shown once");
    assertEquals(0, run("run", "end", name).code);
    assertEquals(1, run("run", "show", name).code);
    assertEquals(0, run("run", "list", "--json").json().size());
  }

  @Test
  void rulesAreCheckedShownAndExplained() throws Exception {
    withCrm("crm.*");
    Path rules = home.folder().resolve("policy.yaml");
    Files.writeString(
        rules,
        """
        rules:
          long-notes:
            tools: [crm.add_note]
            when: args.text.size() > 20
            effect: review
        """);
    String[] explain = {
      "policy",
      "explain",
      "--agent",
      "a1",
      "crm.add_note",
      "--json",
      "--args",
      "{\"ticket_id\":\"1\",\"text\":\"A note of more than twenty letters\",\"internal\":true}"
    };

    Said checked = run("policy", "check");
    JsonNode shown = run("policy", "show", "--json").json();
    JsonNode explained = run(explain).json();
    Files.writeString(rules, "rules: {bad: {effect: allow, when: 'args.text.size('}}");
    Said broken = run("policy", "check");

    assertEquals(0, checked.code, checked.err + checked.out);
    assertEquals("long-notes", shown.at("/rules/0/rule").stringValue());
    assertEquals("review", explained.path("effect").stringValue());
    assertEquals("long-notes", explained.path("rule").stringValue());
    assertEquals(4, broken.code);
    assertTrue((broken.out + broken.err).contains("rules.bad.when"), broken.out + broken.err);
  }

  @Test
  void aStopIsOrderedListedAndLifted() throws Exception {
    withCrm("crm.read_ticket");

    assertEquals(0, run("stop", "--tool", "crm.read_ticket", "--why", "it leaks").code);
    JsonNode access = run("access", "--agent", "a1", "--json").json();

    assertEquals("it leaks", run("stop", "--list", "--json").json().at("/0/why").stringValue());
    assertEquals(1, access.size());
    assertTrue(access.at("/0/stopped").booleanValue());
    assertEquals(0, run("resume", "--tool", "crm.read_ticket").code);
    assertEquals(1, run("resume", "--tool", "crm.read_ticket").code);
    assertEquals(2, run("stop").code);
    assertEquals(2, run("stop", "--all", "--agent", "a1").code);
  }

  @Test
  void redactRefusesOptionsThatLinesOfJsonDoNotTake() {
    assertEquals(2, homeless("", "redact", "--jsonl", "--check").code);
    assertEquals(2, homeless("", "redact", "--jsonl", "--explain").code);
    assertEquals(2, homeless("", "redact", "--jsonl", "--format", "html").code);
  }

  @Test
  void redactSaysWhichRuleOfAFileIsBadAndChecksWithACodeOfItsOwn() throws Exception {
    Path rules = folder.resolve("rules.yaml");
    Files.writeString(rules, "rules:\n  - id: acme\n    kind: tokn\n");
    Path file = folder.resolve("x.txt");
    Files.writeString(file, "password: gR33n-lamp");

    Said bad = homeless("", "redact", "--rules", rules.toString(), file.toString());
    Said checked = homeless("", "redact", "--check", file.toString());

    assertTrue(bad.err.contains("rules.yaml: rule acme: kind must be one of"), bad.err);
    assertEquals(1, bad.code);
    assertEquals("", checked.out);
    assertEquals(4, checked.code);
  }

  /// A home with an agent and the example of a CRM.
  private void withCrm(String tools) throws Exception {
    run("init");
    run("person", "add", "olga");
    run("agent", "add", "a1", "--owner", "olga", "--tools", tools);
    Files.writeString(home.catalog().resolve("crm.yaml"), ExampleCatalogs.text("crm.yaml"));
  }

  private void onAnyPorts() throws Exception {
    String settings = Files.readString(home.config());
    Files.writeString(home.config(), settings.replace(":7410 ", ":0 ").replace(":7411 ", ":0 "));
  }

  private Said homeless(String input, String... words) {
    return here(input, List.of(words));
  }

  private Said run(String... words) {
    return said("", words);
  }

  private Said said(String input, String... words) {
    return here(
        input,
        Stream.concat(Stream.of(words), Stream.of("--home", home.folder().toString())).toList());
  }

  private static Said here(String input, List<String> words) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    InputStream in = System.in;
    var said = new ByteArrayOutputStream();
    var complained = new ByteArrayOutputStream();
    System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(complained, true, StandardCharsets.UTF_8));
    System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
    try {
      int code = Main.run(words.toArray(String[]::new));
      return new Said(
          code, said.toString(StandardCharsets.UTF_8), complained.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
      System.setIn(in);
    }
  }
}
