package dev.keyward.catalog;

import static dev.keyward.catalog.Samples.arguments;
import static dev.keyward.catalog.Samples.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.call.Arguments;
import dev.keyward.call.Tier;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ExampleCatalogsTest {
  private final ToolCatalog catalog = load();

  @Test
  void theShippedFilesHaveNoProblems() {
    for (String name : ExampleCatalogs.names()) {
      assertEquals(List.of(), CatalogFile.read(name, ExampleCatalogs.text(name)).problems(), name);
    }
  }

  @Test
  void theyHoldTheToolsOfTheDemo() {
    assertEquals(
        List.of(
            "crm.add_note",
            "crm.make_reset_link",
            "crm.read_page",
            "crm.read_ticket",
            "crm.search_tickets",
            "crm.send_message",
            "stripe.create_refund",
            "stripe.list_invoices",
            "stripe.read_charge",
            "stripe.read_customer"),
        catalog.tools().stream().map(tool -> tool.name().value()).toList());
  }

  @Test
  void everyExampleNamesTheSchemaForEditors() {
    for (String name : ExampleCatalogs.names()) {
      assertTrue(
          ExampleCatalogs.text(name)
              .startsWith(
                  "# yaml-language-server: $schema=./" + ExampleCatalogs.schemaName() + "\n"));
    }
  }

  @Test
  void anUnknownExampleIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> ExampleCatalogs.text("../secrets.yaml"));
  }

  @ParameterizedTest
  @CsvSource({
    "crm.read_ticket,READ",
    "crm.add_note,WRITE",
    "stripe.list_invoices,READ",
    "stripe.create_refund,DANGEROUS_WRITE"
  })
  void tiersSayHowMuchHarmAToolCanDo(String name, Tier tier) {
    assertEquals(tier, tool(name).tier());
  }

  @Test
  void aTicketIsReadByItsNumber() {
    UpstreamRequest request = render("crm.read_ticket", "{'ticket_id':'4812'}");

    assertEquals("GET", request.method());
    assertEquals("/api/tickets/4812", request.pathAndQuery());
    assertEquals(Optional.empty(), request.body());
  }

  @Test
  void aSearchLeavesOutWhatIsNotGiven() {
    assertEquals(
        "/api/tickets?query=late%20parcel&limit=5",
        render("crm.search_tickets", "{'query':'late parcel','limit':5}").pathAndQuery());
  }

  @Test
  void aNoteIsAJsonBody() {
    UpstreamRequest request =
        render("crm.add_note", "{'ticket_id':'7','text':'Called back','internal':true}");

    assertEquals("/api/tickets/7/notes", request.pathAndQuery());
    assertEquals(
        Optional.of(
            new RequestBody("application/json", "{\"internal\":true,\"text\":\"Called back\"}")),
        request.body());
  }

  @Test
  void aPageIsAskedForAsHtml() {
    assertEquals(ResponseKind.HTML, http("crm.read_page").response());
    assertTrue(
        render("crm.read_page", "{'slug':'refund-policy'}")
            .headers()
            .contains(new HeaderField("Accept", "text/html")));
  }

  @Test
  void invoicesAreListedAsStripeWantsIt() {
    UpstreamRequest request =
        render(
            "stripe.list_invoices",
            "{'customer':'cus_1','status':'open','limit':3,'created_after':1700000000}");

    assertEquals(
        "/v1/invoices?customer=cus_1&status=open&created%5Bgte%5D=1700000000&limit=3",
        request.pathAndQuery());
    assertTrue(request.headers().contains(new HeaderField("Stripe-Version", "2024-06-20")));
  }

  @Test
  void aRefundIsAFormWithAnIdempotencyHeader() {
    UpstreamRequest request =
        render(
            "stripe.create_refund",
            "{'charge':'ch_1','amount':500,'reason':'requested_by_customer'}");

    assertEquals(
        Optional.of(
            new RequestBody(
                "application/x-www-form-urlencoded",
                "charge=ch_1&amount=500&reason=requested_by_customer")),
        request.body());
    assertEquals(Optional.of("Idempotency-Key"), http("stripe.create_refund").idempotencyHeader());
  }

  @ParameterizedTest
  @ValueSource(strings = {"{'amount':1}", "{'charge':'ch_1','payment_intent':'pi_1'}"})
  void aRefundNamesExactlyOnePayment(String refund) {
    assertEquals(
        Optional.of(
            new InputSchema.Violation("/", "must have exactly one of charge, payment_intent")),
        tool("stripe.create_refund").input().check(single(refund)));
  }

  @Test
  void noListedSchemaHasARuleThatModelsRefuse() {
    for (Tool tool : catalog.tools()) {
      for (String keyword : List.of("oneOf", "anyOf", "allOf", "not", "$ref", "$defs")) {
        assertTrue(tool.input().json().path(keyword).isMissingNode(), tool.name() + keyword);
      }
    }
  }

  @Test
  void debugFieldsOfATicketStay() {
    var answer =
        json(
            """
            {"id":"4812","subject":"Late","internal_debug":{"authorization":"Bearer x"},
             "requester":{"id":"u1","name":"Ada","password_hash":"y"},
             "notes":[{"id":"n1","text":"hi","raw":"z"}]}
            """);

    assertEquals(
        json(
            """
            {"id":"4812","subject":"Late","requester":{"id":"u1","name":"Ada"},
             "notes":[{"id":"n1","text":"hi"}]}
            """),
        tool("crm.read_ticket").projection().apply(answer));
  }

  @Test
  void anErrorKeepsCodeAndMessageOnly() {
    var answer =
        json(
            """
            {"error":{"code":"not_found","message":"No such ticket.",
             "request_headers":{"Authorization":"Bearer x"}}}
            """);

    assertEquals(
        json("{\"error\":{\"code\":\"not_found\",\"message\":\"No such ticket.\"}}"),
        tool("crm.read_ticket").projection().applyToError(answer));
  }

  @Test
  void aReviewerReadsWhatARefundDoes() {
    assertEquals(
        "Refund 500 (smallest unit; none means all) of charge ch_1 or payment (none), reason:"
            + " duplicate",
        tool("stripe.create_refund")
            .summary()
            .line(single("{'charge':'ch_1','amount':500,'reason':'duplicate'}")));
  }

  private UpstreamRequest render(String name, String arguments) {
    Arguments parsed = single(arguments);
    assertEquals(Optional.empty(), tool(name).input().check(parsed));
    return http(name).render(parsed);
  }

  private HttpBinding http(String name) {
    return switch (tool(name).binding()) {
      case HttpBinding http -> http;
      case SqlBinding _ -> throw new AssertionError("a statement");
    };
  }

  private Tool tool(String name) {
    return catalog.find(name).orElseThrow();
  }

  private static Arguments single(String quoted) {
    return arguments(quoted.replace('\'', '"'));
  }

  private static ToolCatalog load() {
    List<Tool> tools = new ArrayList<>();
    for (String name : ExampleCatalogs.names()) {
      tools.addAll(CatalogFile.read(name, ExampleCatalogs.text(name)).tools());
    }
    return ToolCatalog.of(tools);
  }
}
