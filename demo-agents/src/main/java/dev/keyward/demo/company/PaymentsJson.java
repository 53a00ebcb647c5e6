package dev.keyward.demo.company;

import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The payments API's JSON: Stripe's objects of API version 2024-06-20, the fields that are most
/// used. Times are seconds since 1970.
final class PaymentsJson {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private PaymentsJson() {}

  static ObjectNode list(String url, boolean more) {
    ObjectNode json = NODES.objectNode();
    json.put("object", "list");
    json.putArray("data");
    json.put("has_more", more);
    json.put("url", url);
    return json;
  }

  static JsonNode invoice(Invoice invoice) {
    boolean paid = invoice.status().equals("paid");
    ObjectNode json = NODES.objectNode();
    json.put("id", invoice.id());
    json.put("object", "invoice");
    json.put("account_country", "US");
    json.put("amount_due", invoice.cents());
    json.put("amount_paid", paid ? invoice.cents() : 0);
    json.put("amount_remaining", invoice.status().equals("open") ? invoice.cents() : 0);
    json.put("attempt_count", 1);
    json.put("attempted", true);
    json.put("billing_reason", "subscription_cycle");
    json.put("collection_method", "charge_automatically");
    json.put("created", invoice.created().getEpochSecond());
    json.put("currency", "usd");
    json.put("customer", invoice.customer().id());
    json.put("customer_email", invoice.customer().contact().email());
    json.put("customer_name", invoice.customer().name());
    json.put("description", invoice.description());
    json.putNull("due_date");
    json.put("hosted_invoice_url", "https://invoice.example/i/" + invoice.id());
    json.set("lines", lines(invoice));
    json.put("livemode", false);
    json.putObject("metadata");
    json.put("number", invoice.number());
    json.put("paid", paid);
    json.put("period_end", invoice.periodEnd().getEpochSecond());
    json.put("period_start", invoice.periodStart().getEpochSecond());
    json.put("status", invoice.status());
    json.put("subtotal", invoice.cents());
    json.put("total", invoice.cents());
    if (invoice.charge().isPresent()) {
      json.put("charge", invoice.charge().get().id());
      return json.put("payment_intent", invoice.charge().get().paymentIntent());
    }
    return json.putNull("charge").putNull("payment_intent");
  }

  /// {@return a customer; `metadata` holds what an integration left there}
  static JsonNode customer(Customer customer, Leaks leaks) {
    ObjectNode json = NODES.objectNode();
    json.put("id", customer.id());
    json.put("object", "customer");
    json.putNull("address");
    json.put("balance", 0);
    json.put("created", customer.since().getEpochSecond());
    json.put("currency", "usd");
    json.put("delinquent", false);
    json.put("description", customer.contact().name());
    json.put("email", customer.contact().email());
    json.put("invoice_prefix", customer.prefix());
    json.put("livemode", false);
    ObjectNode metadata = json.putObject("metadata");
    metadata.put("crm_contact", customer.contact().id());
    metadata.put("plan", customer.plan().title().toLowerCase(Locale.ROOT));
    metadata.put("sync_auth", leaks.authorizationBase64());
    json.put("name", customer.name());
    json.putNull("phone");
    json.putArray("preferred_locales").add("en");
    return json;
  }

  /// {@return a charge}
  ///
  /// @param refunded what of it was given back, in cents
  static JsonNode charge(Charge charge, int refunded) {
    ObjectNode json = NODES.objectNode();
    json.put("id", charge.id());
    json.put("object", "charge");
    json.put("amount", charge.cents());
    json.put("amount_captured", charge.cents());
    json.put("amount_refunded", refunded);
    json.put("captured", true);
    json.put("created", charge.created().getEpochSecond());
    json.put("currency", "usd");
    json.put("customer", charge.customerId());
    json.putNull("description");
    json.put("disputed", false);
    json.put("invoice", charge.invoiceId());
    json.put("livemode", false);
    json.putObject("metadata");
    json.put("paid", true);
    json.put("payment_intent", charge.paymentIntent());
    json.putObject("payment_method_details").putObject("card").put("last4", charge.last4());
    json.put("refunded", refunded == charge.cents());
    return json.put("status", "succeeded");
  }

  static JsonNode refund(Refund refund) {
    ObjectNode json = NODES.objectNode();
    json.put("id", refund.id());
    json.put("object", "refund");
    json.put("amount", refund.cents());
    json.put("charge", refund.charge().id());
    json.put("created", refund.created().getEpochSecond());
    json.put("currency", "usd");
    json.putObject("metadata");
    json.put("payment_intent", refund.charge().paymentIntent());
    refund
        .reason()
        .ifPresentOrElse(reason -> json.put("reason", reason), () -> json.putNull("reason"));
    json.putNull("receipt_number");
    json.put("status", "succeeded");
    return json;
  }

  private static JsonNode lines(Invoice invoice) {
    ObjectNode json = list("/v1/invoices/" + invoice.id() + "/lines", false);
    ObjectNode line = NODES.objectNode();
    line.put("id", "il_" + invoice.id().substring(3));
    line.put("object", "line_item");
    line.put("amount", invoice.cents());
    line.put("currency", "usd");
    line.put("description", invoice.description());
    line.put("quantity", invoice.customer().seats());
    ((ArrayNode) json.path("data")).add(line);
    return json;
  }
}
