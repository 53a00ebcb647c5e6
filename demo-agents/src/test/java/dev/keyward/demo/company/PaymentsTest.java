package dev.keyward.demo.company;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

final class PaymentsTest {
  private static final Instant NOW = Instant.parse("2026-11-20T10:00:00Z");

  private final World world = World.generate(7, NOW);
  private final CompanyKey key = CompanyKey.payments(new Random(1));
  private final Charge charge =
      world
          .invoices()
          .getLast()
          .charge()
          .or(() -> world.invoices().getFirst().charge())
          .orElseThrow();
  private Payments payments;
  private Caller caller;

  @BeforeEach
  void open() throws IOException {
    payments = Payments.open(world, key, InstantSource.fixed(NOW), new Random(2));
    caller = Caller.with(payments.origin(), key);
  }

  @AfterEach
  void close() {
    caller.close();
    payments.close();
  }

  @Test
  void invoicesOfACustomerComeNewestFirstAsAList() throws Exception {
    Customer customer = world.ticket(World.CHARGED_TWICE).customer();

    JsonNode list = caller.getJson("/v1/invoices?limit=3&customer=" + customer.id());

    assertEquals("list", list.path("object").stringValue());
    assertEquals("/v1/invoices", list.path("url").stringValue());
    assertTrue(list.path("has_more").booleanValue());
    assertEquals(3, list.path("data").size());
    long before = Long.MAX_VALUE;
    for (JsonNode invoice : list.path("data")) {
      assertEquals(customer.id(), invoice.path("customer").stringValue());
      assertTrue(invoice.path("created").longValue() <= before);
      before = invoice.path("created").longValue();
    }
  }

  @Test
  void startingAfterWalksThroughEveryInvoiceOnce() throws Exception {
    var seen = new ArrayList<String>();
    boolean more = true;
    while (more) {
      String after = seen.isEmpty() ? "" : "&starting_after=" + seen.getLast();
      JsonNode page = caller.getJson("/v1/invoices?limit=100" + after);
      page.path("data").forEach(invoice -> seen.add(invoice.path("id").stringValue()));
      more = page.path("has_more").booleanValue();
    }

    assertEquals(world.invoices().reversed().stream().map(Invoice::id).toList(), seen);
  }

  @ParameterizedTest
  @CsvSource({
    "limit=0,            400, limit",
    "limit=x,            400, limit",
    "status=lost,        400, status",
    "customer=cus_none,  400, customer",
    "starting_after=in_, 400, starting_after",
  })
  void anUnusableParameterIsNamed(String query, int status, String param) throws Exception {
    HttpResponse<String> answer = caller.get("/v1/invoices?" + query);

    assertEquals(status, answer.statusCode());
    JsonNode error = Caller.json(answer).path("error");
    assertEquals("invalid_request_error", error.path("type").stringValue());
    assertEquals(param, error.path("param").stringValue());
  }

  @Test
  void theCrmsCustomerIsKnownHere() throws Exception {
    Customer customer = world.ticket(World.PLANTED).customer();

    JsonNode found = caller.getJson("/v1/customers/" + customer.id());

    assertEquals(customer.contact().email(), found.path("email").stringValue());
    assertEquals("customer", found.path("object").stringValue());
    HttpResponse<String> none = caller.get("/v1/customers/cus_none");
    assertEquals(404, none.statusCode());
    assertEquals("resource_missing", Caller.json(none).at("/error/code").stringValue());
  }

  @Test
  void aRefundIsMadeAndTheChargeIsThenSpent() throws Exception {
    JsonNode refund = Caller.json(refund("charge=" + charge.id() + "&reason=duplicate", ""));

    assertEquals("refund", refund.path("object").stringValue());
    assertEquals(charge.cents(), refund.path("amount").intValue());
    assertEquals("succeeded", refund.path("status").stringValue());
    HttpResponse<String> again = refund("charge=" + charge.id(), "");
    assertEquals(400, again.statusCode());
    assertEquals("charge_already_refunded", Caller.json(again).at("/error/code").stringValue());
    assertEquals(1, payments.refunds().size());
  }

  @Test
  void noMoreThanTheChargeCanBeGivenBack() throws Exception {
    assertEquals(200, refund("charge=" + charge.id() + "&amount=100", "").statusCode());
    JsonNode found = caller.getJson("/v1/charges/" + charge.id());
    assertEquals(charge.cents(), found.path("amount").intValue());
    assertEquals(100, found.path("amount_refunded").intValue());
    assertEquals(404, caller.get("/v1/charges/" + charge.paymentIntent()).statusCode());

    HttpResponse<String> tooMuch =
        refund("payment_intent=" + charge.paymentIntent() + "&amount=" + charge.cents(), "");

    assertEquals(400, tooMuch.statusCode());
    assertEquals("amount", Caller.json(tooMuch).at("/error/param").stringValue());
    assertEquals(1, payments.refunds().size());
  }

  @Test
  void theSameIdempotencyKeyRefundsOnceAndRepeatsTheAnswer() throws Exception {
    HttpResponse<String> first = refund("charge=" + charge.id() + "&amount=100", "k1");
    HttpResponse<String> again = refund("amount=100&charge=" + charge.id(), "k1");

    assertEquals(first.body(), again.body());
    assertEquals("true", again.headers().firstValue("Idempotent-Replayed").orElse(""));
    assertEquals(1, payments.refunds().size());
  }

  @Test
  void theSameIdempotencyKeyForAnotherBodyIsAnError() throws Exception {
    refund("charge=" + charge.id() + "&amount=100", "k1");
    HttpResponse<String> other = refund("charge=" + charge.id() + "&amount=200", "k1");

    assertEquals(400, other.statusCode());
    assertEquals("idempotency_error", Caller.json(other).at("/error/type").stringValue());
    assertEquals(1, payments.refunds().size());
  }

  @ParameterizedTest
  @CsvSource({
    "'',                          400",
    "charge=ch_none,              404",
    "charge=CHARGE&amount=0,      400",
    "charge=CHARGE&amount=ten,    400",
    "charge=CHARGE&reason=mercy,  400",
    "charge=CHARGE&note=hello,    400",
  })
  void aRefundThatMakesNoSenseIsRefused(String form, int status) throws Exception {
    HttpResponse<String> answer = refund(form.replace("CHARGE", charge.id()), "");

    assertEquals(status, answer.statusCode());
    assertEquals("invalid_request_error", Caller.json(answer).at("/error/type").stringValue());
    assertTrue(payments.refunds().isEmpty());
  }

  @Test
  void withoutTheKeyNoMoneyMoves() throws Exception {
    try (var stranger = new Caller(payments.origin(), "Bearer sk_test_guess")) {
      HttpResponse<String> refused =
          stranger.post("/v1/refunds", FORM, "charge=" + charge.id(), "k1");
      assertEquals(401, refused.statusCode());
    }
    assertTrue(payments.refunds().isEmpty());
    assertEquals(Fingerprint.of("sk_test_guess"), payments.journal().entries().getFirst().key());
  }

  @Test
  void theKeyIsAlsoTakenAsTheUserOfHttpBasic() throws Exception {
    String pair = key.reveal() + ":";
    String basic = Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    try (var other = new Caller(payments.origin(), "Basic " + basic)) {
      assertEquals(200, other.get("/v1/invoices").statusCode());
    }
    assertEquals(key.fingerprint(), payments.journal().entries().getFirst().key());
  }

  @Test
  void oneCustomersErrorRepeatsTheHeader() throws Exception {
    HttpResponse<String> broken = caller.get("/v1/customers/" + world.unreadable().id());

    assertEquals(500, broken.statusCode());
    assertTrue(broken.body().contains("Bearer " + key.reveal()));
    assertFalse(payments.journal().entries().toString().contains(key.reveal()));
  }

  private static final String FORM = "application/x-www-form-urlencoded";

  private HttpResponse<String> refund(String form, String idempotencyKey)
      throws IOException, InterruptedException {
    return caller.post("/v1/refunds", FORM, form, idempotencyKey);
  }
}
