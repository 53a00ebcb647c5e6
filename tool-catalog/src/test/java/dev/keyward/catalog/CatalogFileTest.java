package dev.keyward.catalog;

import static dev.keyward.catalog.Samples.CRM;
import static dev.keyward.catalog.Samples.problems;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CatalogFileTest {

  @Test
  void defaultsAreResolved() {
    Tool tool = Samples.tool(CRM);

    assertEquals("crm.read_ticket", tool.name().value());
    assertEquals("https://crm.example.com", tool.target().origin().toString());
    assertEquals(
        Optional.of(
            new CredentialUse(
                CredentialRef.parse("local:crm#token"), new Placement.Bearer(), Optional.empty())),
        tool.credential());
    assertEquals(new Limits(Duration.ofSeconds(10), 1048576, 16), tool.limits());
  }

  @Test
  void aToolOverridesItsFile() {
    Tool tool =
        Samples.tool(
            CRM.replace("limits: {}", "")
                    .replace("tools:", "limits: {timeout: 1m, concurrent_calls: 2}\ntools:")
                + """
                    origin: http://127.0.0.1:8080
                    credential: {ref: vault:kv/crm#key, in: {header: X-Api-Key, prefix: 'Key '}}
                    limits: {timeout: 500ms}
                """);

    assertEquals("http://127.0.0.1:8080", tool.target().origin().toString());
    assertEquals(
        new Placement.Header("X-Api-Key", "Key "), tool.credential().orElseThrow().placement());
    assertEquals(new Limits(Duration.ofMillis(500), 1048576, 2), tool.limits());
  }

  @Test
  void aToolMayNeedNoCredential() {
    assertEquals(Optional.empty(), Samples.tool(CRM + "    credential: none\n").credential());
  }

  @Test
  void everyObjectOfTheInputRefusesUnknownFields() {
    Tool tool =
        Samples.tool(
            Samples.yaml(
                "{who: {type: object, properties: {a: {type: array, items: {type: object,"
                    + " properties: {b: {type: string}}}}}}}",
                "[]",
                "{method: POST, path: /x, body: {json: [who]}}"));

    var schema = tool.input().json();
    var who = schema.get("properties").get("who");
    assertFalse(schema.get("additionalProperties").booleanValue());
    assertFalse(who.get("additionalProperties").booleanValue());
    assertFalse(
        who.get("properties").get("a").get("items").get("additionalProperties").booleanValue());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // the format's schema
        "tier: read|tier: root|test.yaml:8: tools.read_ticket.tier must be one of read, write,"
            + " dangerous_write",
        "tier: read\\n"
            + "    summary: Read {id}|summary: Read {id}|test.yaml:5: tools.read_ticket.tier is"
            + " required",
        "tier: read|teir: read|test.yaml:5: tools.read_ticket.tier is required",
        "summary:|sumary:|test.yaml:9: tools.read_ticket.sumary is not a field that is known here;"
            + " known are title, description, tier, summary, preview, input, output, origin,"
            + " credential, request, sql, response, files, result, error, handles, care,"
            + " idempotency, limits",
        "{type: string}|{type: strnig}|test.yaml:12: tools.read_ticket.input.properties.id.type"
            + " must be one of string, integer, number, boolean, object, array, null",
        "{type: string}|{type: string, patern: x}|test.yaml:12:"
            + " tools.read_ticket.input.properties.id.patern is not a field that is known here;"
            + " known are type, title, description, enum, const, default, examples, pattern,"
            + " format, minLength, maxLength, minimum, maximum, exclusiveMinimum, exclusiveMaximum,"
            + " multipleOf, items, minItems, maxItems, uniqueItems, properties, required,"
            + " additionalProperties, minProperties, maxProperties, deprecated, handle,"
            + " handles_in_text, id_of, secret",
        "method: GET|method: TRACE|test.yaml:15: tools.read_ticket.request.method must be one of"
            + " GET, POST, PUT, PATCH, DELETE",
        "in: bearer|in: cookie|test.yaml:3: credential.in must be one of bearer, basic,"
            + " client_certificate, login",
        "system: crm|system: 7|test.yaml:1: system must be text, and must match the pattern"
            + " ^[a-z][a-z0-9_-]{0,38}$",
        // names
        "system: crm|system: keyward|test.yaml:1: system must not be keyward, which names the"
            + " broker's own tools",
        "system: crm|system: keyward_approval|test.yaml:1: system must not be keyward, which names"
            + " the broker's own tools",
        "read_ticket:|crm.read_ticket:|test.yaml:5: tools.crm.read_ticket is not a name that is"
            + " allowed here; it must match the pattern ^[a-z][a-z0-9_-]*$",
        "read_ticket:|'canary of mine':|test.yaml:4: tools has as field number 1 what is not a name"
            + " that is allowed here; it must match the pattern ^[a-z][a-z0-9_-]*$",
        "read_ticket:|read_the_ticket_that_has_a_very_very_long_name_indeed:|test.yaml:5:"
            + " tools.read_the_ticket_that_has_a_very_very_long_name_indeed tool name must match"
            + " [a-z][a-z0-9_-]*\\.[a-z][a-z0-9_-]* and have at most 48 characters",
        // template and arguments
        "/tickets/{id}|/tickets/{no}|test.yaml:16: tools.read_ticket.request.path must name only"
            + " required arguments of type string or integer",
        "required: [id]|required: []|test.yaml:16: tools.read_ticket.request.path must name only"
            + " required arguments of type string or integer",
        "{type: string}|{type: [string, 'null']}|test.yaml:16: tools.read_ticket.request.path must"
            + " name only required arguments of type string or integer",
        "required: [id]|required: [id, no]|test.yaml:13: tools.read_ticket.input.required.1 must be"
            + " the name of a declared property",
        "{type: string}|{type: string}\\n        n: {type: integer}|test.yaml:13:"
            + " tools.read_ticket.input.properties.n must go somewhere: into the path, the query or"
            + " the body",
        "Read {id}|Read {no}|test.yaml:9: tools.read_ticket.summary must name only arguments that"
            + " input declares",
        "Read {id}|Read {id|test.yaml:9: tools.read_ticket.summary must be one line in which braces"
            + " stand around the names of arguments only",
        "{type: string}|{type: object}|test.yaml:12: tools.read_ticket.input.properties.id must say"
            + " what it holds: properties, or a schema as additionalProperties",
        // request
        "method: GET|method: GET\\n      body: {json: [id]}|test.yaml:16:"
            + " tools.read_ticket.request.body must not be there for GET",
        "method: GET|method: GET\\n      query: [no]|test.yaml:16:"
            + " tools.read_ticket.request.query.0 must be the name of an argument that input"
            + " declares",
        "method: GET|method: GET\\n      query: [id, id]|test.yaml:16:"
            + " tools.read_ticket.request.query must not have two fields of one name",
        "method: GET|method: GET\\n      query: [{name: api_key, value: x}]|test.yaml:16:"
            + " tools.read_ticket.request.query.0 must not carry a credential; use credential"
            + " instead",
        "method: GET|method: GET\\n      query: [{name: a}]|test.yaml:16:"
            + " tools.read_ticket.request.query.0 must have either from, an argument, or value, a"
            + " fixed value",
        "in: bearer|in: {query: k}|",
        "tier: read|tier: read\\n    idempotency: Idempotency-Key|test.yaml:9:"
            + " tools.read_ticket.idempotency must stand only at tools that change something",
        "summary: Read {id}\\n    input:|input:|",
        // credential
        "local:crm#token|sk_live_canary|test.yaml:3: credential.ref must be the name of a"
            + " credential, store:path#field, for example local:crm#token",
        "local:crm#token|vault:../crm#token|test.yaml:3: credential.ref must be the name of a"
            + " credential, store:path#field, for example local:crm#token",
        "in: bearer|in: {header: Host}|test.yaml:3: credential.in.header must not be a header that"
            + " the broker sets itself or that changes the target",
        "in: bearer|in: {header: A, query: b}|test.yaml:3: credential.in must be bearer, basic,"
            + " client_certificate, login, {header, prefix}, {query}, {cookie}, {form}, {hmac},"
            + " {sigv4} or {login}",
        "in: bearer|in: {header: Accept}|test.yaml:3: credential.in.header must not be a header"
            + " that the tool sets otherwise",
        // result
        "result: [id, subject]|result: [id, 'a..b']|test.yaml:17: tools.read_ticket.result.1 must"
            + " be field names with dots between them, with [] after a list, for example"
            + " notes[].text",
        "result: [id, subject]|result: [id, id.x]|test.yaml:17: tools.read_ticket.result.1 must not"
            + " repeat or contradict another path",
        "result: [id, subject]|response: html|",
        "result: [id, subject]|response: json|test.yaml:5: tools.read_ticket.result is required for"
            + " JSON answers: only declared fields leave",
        "result: [id, subject]|result: [id, subject]\\n    output: {properties: {id: {type:"
            + " string}}}|test.yaml:17: tools.read_ticket.result.1 must be a field that output"
            + " declares",
        "result: [id, subject]|result: [id]\\n    output: {properties: {id: {type: string}, b:"
            + " {type: string}}, required: [b]}|test.yaml:18: tools.read_ticket.output.required.0"
            + " must be among the fields of result",
        "result: [id, subject]|result: [id]\\n    limits: {timeout: 99m}|test.yaml:18:"
            + " tools.read_ticket.limits.timeout timeout must be between 100ms and 10m",
      })
  void eachProblemNamesFileLineFieldAndRule(String good, String bad, String problem) {
    String replaced = CRM.replace(lines(good), bad == null ? "" : lines(bad));

    assertNotEquals(CRM, replaced);
    assertEquals(problem == null ? Optional.empty() : Optional.of(problem), first(replaced));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "crm.example.com",
        "ftp://crm.example.com",
        "https://crm.example.com/api",
        "https://crm.example.com/",
        "https://crm.example.com?x=1",
        "https://crm.example.com#x",
        "https://user:canary@crm.example.com",
        "https://crm.example.com:0",
        "https://crm.example.com:99999",
        "https://crm.example.com\\@evil.example",
        "https://2130706433",
        "https://[:::]",
        "https://-crm.example.com",
        "https://crm..example.com",
        "https:crm.example.com",
        "https://crm.example.com evil",
      })
  void anOriginIsBare(String origin) {
    assertEquals(
        Optional.of(
            "test.yaml:2: origin must be a bare origin such as https://api.example.com or"
                + " http://127.0.0.1:8080, without user info, path, query or fragment"),
        first(CRM.replace("https://crm.example.com", "'" + origin + "'")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Authorization",
        "authorization",
        "Proxy-Authorization",
        "Host",
        "Content-Length",
        "Content-Type",
        "Transfer-Encoding",
        "Connection",
        "Cookie",
        "X-Api-Key",
        "X-Auth-Token",
        "Idempotency-Key",
        "X-Forwarded-Host",
        "X-HTTP-Method-Override",
        "X-Original-URL",
        "Expect",
        "TE",
        "Upgrade",
      })
  void aFixedHeaderCannotFrameRedirectOrAuthorize(String name) {
    List<String> found =
        problems(CRM.replace("method: GET", "method: GET\n      headers: {" + name + ": x}"));

    assertEquals(1, found.size());
    assertTrue(
        found.getFirst().startsWith("test.yaml:16: tools.read_ticket.request.headers." + name));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"a\\r\\nHost: evil.example\"", "\"\\u0000\"", "\" a\"", "\"é\""})
  void aFixedHeaderIsPrintableText(String value) {
    assertFalse(
        problems(CRM.replace("method: GET", "method: GET\n      headers: {X-A: " + value + "}"))
            .isEmpty());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tickets/{id}",
        "/tickets/../{id}",
        "/tickets/./{id}",
        "/tickets//{id}",
        "//evil.example/{id}",
        "/tickets/{id}?x=1",
        "/tickets/{id}#x",
        "/tickets/%2e/{id}",
        "/tickets/{id}{id}",
        "/tickets/{id}/{id}",
        "/tickets/{id",
        "/tickets/a b/{id}",
        "/tickets\\\\{id}",
      })
  void aPathTemplateIsPlainSegments(String path) {
    Optional<String> found = first(CRM.replace("/tickets/{id}", "\"" + path + "\""));

    assertTrue(found.orElseThrow().startsWith("test.yaml:16: tools.read_ticket.request.path must"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "a: &x 1|test.yaml:1: must not use YAML anchors or aliases; write the value out",
        "a: *x|test.yaml:1: must not use YAML anchors or aliases; write the value out",
        "a: !!java.net.URL [canary]|test.yaml:1: must not use YAML tags",
        "a: !custom canary|test.yaml:1: must not use YAML tags",
        "a: 1\\na: 2|test.yaml:2: a is there twice",
        "a:\\n  b: 1\\n  b: 2|test.yaml:3: a.b is there twice",
        "1: a|test.yaml:1: must have text as keys; put quotes around other keys",
        "[a]: b|test.yaml:1: is not YAML",
        "a: 1\\n---\\nb: 2|test.yaml:2: must be a single YAML document",
        "a: .inf|test.yaml:1: a must be a number as JSON writes it, or quoted text",
        "- a|test.yaml:1: must be an object",
        "a: [canary|test.yaml:1: is not YAML",
        "a: 'canary|test.yaml:1: is not YAML",
        "a: b: canary|test.yaml:1: is not YAML",
        "a:\\n\\tcanary: 1|test.yaml:2: is not YAML",
        "a: @canary|test.yaml:1: is not YAML",
        "<<: {a: 1}|test.yaml:1: has as field number 1 what is not a field that is known here",
      })
  void onlyPlainYamlIsRead(String yaml, String problem) {
    String found = first(lines(yaml)).orElseThrow();

    assertTrue(found.startsWith(problem), found);
    assertFalse(found.contains("canary"), found);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "# only a comment"})
  void anEmptyFileIsAProblem(String yaml) {
    assertEquals(Optional.of("test.yaml:1: must not be empty"), first(yaml));
  }

  @Test
  void aBombIsRefusedBeforeItGrows() {
    assertEquals(
        Optional.of("test.yaml:1: is nested too deeply or has too many values"),
        first("a: " + "[".repeat(5000) + "]".repeat(5000)));
    assertEquals(
        Optional.of("test.yaml:1: is nested too deeply or has too many values"),
        first("a: [" + "1,".repeat(200_000) + "1]"));
    assertEquals(
        Optional.of("test.yaml:1: must have at most 1048576 characters"),
        first("#".repeat(1 << 21)));
  }

  @Test
  void aNumberWithoutOneCanonicalFormIsRefused() {
    assertEquals(
        Optional.of(
            "test.yaml:12: tools.read_ticket.input.properties.id.maximum must be an integer of at"
                + " most 2^53; pass larger ones as text"),
        first(CRM.replace("{type: string}", "{type: string, maximum: 9007199254740993}")));
  }

  @Test
  void aNumberBeyondADoubleIsAProblemAndNotACrash() {
    assertEquals(
        Optional.of(
            "test.yaml:12: tools.read_ticket.input.properties.id.maximum must be a number that a"
                + " double holds without loss"),
        first(CRM.replace("{type: string}", "{type: string, maximum: 1e400}")));
  }

  @Test
  void theExampleOfTheReadmeIsGood() throws IOException {
    String readme = Files.readString(Path.of("README.md"));
    String yaml = readme.split("```yaml\n|```\n", 3)[1];

    assertEquals("crm.add_note", Samples.tool(yaml).name().value());
  }

  @Test
  void aPatternThatIsNoExpressionIsRefused() {
    assertTrue(
        first(CRM.replace("{type: string}", "{type: string, pattern: '(('}"))
            .orElseThrow()
            .startsWith("test.yaml:12: tools.read_ticket.input.properties.id"));
  }

  @Test
  void aToolThatChangesSomethingHasALineForReviewers() {
    assertEquals(
        Optional.of(
            "test.yaml:5: tools.read_ticket.summary is required for tools that change something"),
        first(CRM.replace("tier: read", "tier: write").replace("    summary: Read {id}\n", "")));
  }

  @Test
  void allProblemsAreReportedAtOnceAndNoToolIsKept() {
    CatalogFile file =
        CatalogFile.read(
            "test.yaml",
            CRM.replace("local:crm#token", "token").replace("/tickets/{id}", "/tickets/{no}"));

    assertEquals(List.of(3, 16), file.problems().stream().map(CatalogProblem::line).toList());
    assertEquals(List.of(), file.tools());
  }

  /// Tables hold a line's end and a tab as `\\n` and `\\t`.
  private static String lines(String cell) {
    return cell.replace("\\n", "\n").replace("\\t", "\t");
  }

  private static Optional<String> first(String yaml) {
    return problems(yaml).stream().findFirst();
  }
}
