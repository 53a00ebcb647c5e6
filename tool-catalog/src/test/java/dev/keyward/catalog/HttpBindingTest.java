package dev.keyward.catalog;

import static dev.keyward.catalog.Samples.arguments;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.call.Arguments;
import dev.keyward.call.CallRefused;
import dev.keyward.call.Refusal;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.JsonNodeFactory;

/// What an agent sends stays where the catalog puts it.
final class HttpBindingTest {
  private static final HttpBinding READ =
      http("{id: {type: string}}", "[id]", "{method: GET, path: '/tickets/{id}/notes'}");
  private static final HttpBinding SEARCH =
      http(
          "{q: {type: string}, n: {type: number}, tag: {type: array, items: {type: string}}}",
          "[]",
          "{method: GET, path: /search, query: [q, n, {name: 'tags[]', from: tag}]}");
  private static final HttpBinding FORM =
      http(
          "{note: {type: string}, metadata: {type: object, additionalProperties: {type: string}}}",
          "[]",
          "{method: POST, path: /refunds, body: {form: [note, metadata, {name: via, value:"
              + " keyward}]}}");
  private static final HttpBinding JSON =
      http(
          "{text: {type: string}, n: {type: number}}",
          "[]",
          "{method: POST, path: /notes, body: {json: [{name: note.text, from: text}, n, {name:"
              + " note.kind, value: internal}]}}");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        ".",
        "..",
        " ..",
        "../admin",
        "1/notes",
        "1\\..\\admin",
        "%2e%2e",
        "1%2fadmin",
        "1;admin=true",
        "1\n",
        "1\r\nHost: evil.example",
        "1\u0000",
        "1\u0085",
        "1\u2028",
        "\u202e1",
        "1\u200b",
        "\uff0e\uff0e",
        "\u2025",
        "\u2024",
        "1\uff0fadmin",
        "1\uff05",
        "1\ufe68",
      })
  void aPathArgumentCannotLeaveItsSegment(String id) {
    assertEquals(Refusal.InvalidArguments.class, refusal(READ, text("id", id)).getClass());
  }

  @ParameterizedTest
  @CsvSource({
    "4812,/tickets/4812/notes",
    "a?b=c,/tickets/a%3Fb%3Dc/notes",
    "a#b,/tickets/a%23b/notes",
    "a&b,/tickets/a%26b/notes",
    "@evil.example:80,/tickets/%40evil.example%3A80/notes",
    "a b+c,/tickets/a%20b%2Bc/notes",
    "zoë,/tickets/zo%C3%AB/notes",
    "...,/tickets/.../notes",
  })
  void aPathArgumentIsPercentEncoded(String id, String path) {
    assertEquals(path, READ.render(text("id", id)).pathAndQuery());
  }

  @Test
  void dotsBesideLiteralTextCannotBecomeAStepUp() {
    HttpBinding binding =
        http("{id: {type: string}}", "[id]", "{method: GET, path: '/files/.{id}'}");

    assertEquals(Refusal.InvalidArguments.class, refusal(binding, text("id", ".")).getClass());
    assertEquals("/files/.a", binding.render(text("id", "a")).pathAndQuery());
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"id\":null}", "{\"id\":[\"a\"]}", "{\"id\":{\"a\":\"b\"}}"})
  void aPathArgumentThatIsNoTextIsRefusedEvenUnchecked(String arguments) {
    assertEquals(
        new Refusal.InvalidArguments("/id", "must be text or a number"),
        refusal(READ, arguments(arguments)));
  }

  @Test
  void aRefusedPathArgumentIsNamedButNotRepeated() {
    Refusal refusal = refusal(READ, text("id", "sk_live_51H/../x"));

    assertEquals(new Refusal.InvalidArguments("/id", "must not contain / \\ % or ;"), refusal);
    assertFalse(refusal.message().contains("sk_live"));
  }

  @Test
  void aQueryArgumentCannotAddAParameter() {
    assertEquals(
        "/search?q=x%26admin%3Dtrue%23%3F%25%0D%0A%2B%5B%5D",
        SEARCH.render(text("q", "x&admin=true#?%\r\n+[]")).pathAndQuery());
  }

  @Test
  void whatIsLeftOutOrNullIsLeftOutOfTheQuery() {
    assertEquals("/search", SEARCH.render(arguments("{\"q\":null}")).pathAndQuery());
  }

  @Test
  void anEmptyTextIsSentAsSuch() {
    assertEquals("/search?q=", SEARCH.render(text("q", "")).pathAndQuery());
  }

  @Test
  void aListRepeatsItsName() {
    assertEquals(
        "/search?tags%5B%5D=a&tags%5B%5D=b%26c",
        SEARCH.render(arguments("{\"tag\":[\"a\",\"b&c\"]}")).pathAndQuery());
  }

  @ParameterizedTest
  @CsvSource({"1,1", "1.0,1", "1e0,1", "-0,0", "1e21,1e%2B21", "0.1,0.1"})
  void numbersWithOneDigestMakeOneRequest(String number, String sent) {
    assertEquals(
        "/search?n=" + sent, SEARCH.render(arguments("{\"n\":" + number + "}")).pathAndQuery());
  }

  @Test
  void anArgumentThatNoFieldTakesGoesNowhere() {
    UpstreamRequest request = SEARCH.render(arguments("{\"q\":\"a\",\"host\":\"evil.example\"}"));

    assertEquals("/search?q=a", request.pathAndQuery());
    assertFalse(request.headers().toString().contains("evil"));
  }

  @Test
  void aFormTakesKeysOfAnObjectAsItsOwn() {
    assertEquals(
        "note=a%20b&metadata%5Border%5D=7&via=keyward",
        body(FORM, "{\"note\":\"a b\",\"metadata\":{\"order\":\"7\"}}").content());
  }

  @Test
  void aFormArgumentCannotAddAField() {
    assertEquals(
        "note=x%26amount%3D1%0A%3B&metadata%5Ba%26amount%5D=1%3D2&via=keyward",
        body(FORM, "{\"note\":\"x&amount=1\\n;\",\"metadata\":{\"a&amount\":\"1=2\"}}").content());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a][b", "[", "a]", "a\\n"})
  void aFormKeyCannotOpenAnotherField(String key) {
    assertEquals(
        new Refusal.InvalidArguments(
            "/metadata", "must have keys that are not empty and hold no brackets"),
        refusal(FORM, arguments("{\"metadata\":{\"" + key + "\":\"1\"}}")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"a\":{\"b\":\"c\"}}", "{\"a\":[\"b\"]}", "[[\"a\"]]", "[{\"a\":1}]"})
  void aFormValueIsOneLevelDeep(String metadata) {
    assertEquals(
        new Refusal.InvalidArguments("/metadata", "must hold only text, numbers, true and false"),
        refusal(FORM, arguments("{\"metadata\":" + metadata + "}")));
  }

  @Test
  void aJsonBodyIsWrittenCanonically() {
    assertEquals(
        new RequestBody(
            "application/json", "{\"n\":1,\"note\":{\"kind\":\"internal\",\"text\":\"a\\\"}\"}}"),
        body(JSON, "{\"text\":\"a\\\"}\",\"n\":1.0}"));
  }

  @Test
  void aJsonArgumentCannotSetASiblingField() {
    assertEquals(
        "{\"note\":{\"kind\":\"internal\",\"text\":\"x\\\",\\\"kind\\\":\\\"public\"}}",
        body(JSON, "{\"text\":\"x\\\",\\\"kind\\\":\\\"public\"}").content());
  }

  @Test
  void renderingTwiceGivesTheSame() {
    Arguments arguments = arguments("{\"text\":\"a\",\"n\":2}");

    assertEquals(JSON.render(arguments), JSON.render(arguments));
  }

  @Test
  void headersAreTheCatalogsOnly() {
    var names =
        JSON.render(arguments("{\"text\":\"Authorization: x\"}")).headers().stream()
            .map(HeaderField::name)
            .toList();

    assertTrue(Set.of("Accept").containsAll(names));
  }

  @Test
  void requestsAndBodiesDoNotPrintWhatTheyHold() {
    UpstreamRequest request = JSON.render(text("text", "canary-4711"));

    assertFalse(request.toString().contains("canary"));
    assertFalse(request.body().orElseThrow().toString().contains("canary"));
  }

  private static RequestBody body(HttpBinding binding, String arguments) {
    return binding.render(arguments(arguments)).body().orElseThrow();
  }

  private static Refusal refusal(HttpBinding binding, Arguments arguments) {
    return assertThrows(CallRefused.class, () -> binding.render(arguments)).refusal();
  }

  private static Arguments text(String name, String value) {
    return Arguments.of(JsonNodeFactory.instance.objectNode().put(name, value));
  }

  private static HttpBinding http(String input, String required, String request) {
    return switch (Samples.tool(Samples.yaml(input, required, request)).binding()) {
      case HttpBinding http -> http;
      case SqlBinding _ -> throw new AssertionError("a statement");
    };
  }
}
