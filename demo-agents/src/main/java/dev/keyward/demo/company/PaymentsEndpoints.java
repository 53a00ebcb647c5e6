package dev.keyward.demo.company;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The payments API's paths.
final class PaymentsEndpoints implements Endpoints {
  private static final int DEFAULT_LIMIT = 10;
  private static final int MAX_LIMIT = 100;
  private static final Set<String> INVOICE_STATUSES =
      Set.of("draft", "open", "paid", "uncollectible", "void");
  private static final Set<String> REASONS =
      Set.of("duplicate", "fraudulent", "requested_by_customer");
  private static final Set<String> REFUND_PARAMETERS =
      Set.of("charge", "payment_intent", "amount", "reason");

  private final Ledger ledger;
  private final Leaks leaks;
  private final String unreadableCustomer;
  private final IdempotentReplies replies = new IdempotentReplies();

  PaymentsEndpoints(Ledger ledger, Leaks leaks, String unreadableCustomer) {
    this.ledger = ledger;
    this.leaks = leaks;
    this.unreadableCustomer = unreadableCustomer;
  }

  @Override
  public Reply answer(Request request) {
    List<String> path = request.segments();
    String action = request.method() + " " + String.join("/", path);
    return switch (action) {
      case "GET v1/invoices" -> invoices(request);
      case "POST v1/refunds" -> refund(request);
      default -> path.size() == 3 ? one(request, path) : unrecognized(request);
    };
  }

  private Reply one(Request request, List<String> path) {
    return switch (request.method() + " " + path.get(0) + "/" + path.get(1)) {
      case "GET v1/customers" -> customer(path.getLast());
      case "GET v1/charges" -> charge(path.getLast());
      default -> unrecognized(request);
    };
  }

  private static Reply unrecognized(Request request) {
    return StripeError.unrecognizedUrl(request.method()).reply();
  }

  private Reply charge(String id) {
    return ledger
        .charge(id)
        .filter(charge -> charge.id().equals(id))
        .map(charge -> PaymentsJson.charge(charge, charge.cents() - ledger.refundable(charge)))
        .map(charge -> Reply.json(200, charge))
        .orElseGet(() -> StripeError.noSuch(404, "charge", id, "id").reply());
  }

  @Override
  public Reply unauthorized(boolean keyPresented) {
    String message =
        keyPresented
            ? "Invalid API Key provided."
            : "You did not provide an API key. You need to provide your API key in the"
                + " Authorization header, using Bearer auth (e.g. 'Authorization: Bearer"
                + " YOUR_SECRET_KEY').";
    return StripeError.unauthorized(message)
        .reply()
        .with("WWW-Authenticate", "Bearer realm=\"Stripe\"");
  }

  @Override
  public Reply unreadable(int status, String rule) {
    return new StripeError(
            status, "invalid_request_error", Optional.empty(), rule, Optional.empty())
        .reply();
  }

  private Reply customer(String id) {
    if (id.equals(unreadableCustomer)) {
      return StripeError.api(
              "The customer's record is being migrated. Your request was: GET /v1/customers/"
                  + id
                  + " Authorization: "
                  + leaks.authorization())
          .reply();
    }
    return ledger
        .customer(id)
        .map(customer -> Reply.json(200, PaymentsJson.customer(customer, leaks)))
        .orElseGet(() -> StripeError.noSuch(404, "customer", id, "id").reply());
  }

  private Reply invoices(Request request) {
    String status = request.parameter("status").orElse("");
    if (!status.isEmpty() && !INVOICE_STATUSES.contains(status)) {
      return StripeError.invalid(
              "Invalid status: must be one of " + sorted(INVOICE_STATUSES), "status")
          .reply();
    }
    Optional<Integer> limit = number(request.parameter("limit").orElse("" + DEFAULT_LIMIT));
    if (limit.filter(value -> value >= 1 && value <= MAX_LIMIT).isEmpty()) {
      return StripeError.invalid("Invalid integer: must be 1 to " + MAX_LIMIT, "limit").reply();
    }
    String customer = request.parameter("customer").orElse("");
    if (!customer.isEmpty() && ledger.customer(customer).isEmpty()) {
      return StripeError.noSuch(400, "customer", customer, "customer").reply();
    }
    Optional<Integer> since = number(request.parameter("created[gte]").orElse("0"));
    if (since.isEmpty()) {
      return StripeError.invalid("Invalid integer: created[gte]", "created[gte]").reply();
    }
    List<Invoice> found =
        ledger.invoices(customer, status).stream()
            .filter(invoice -> invoice.created().getEpochSecond() >= since.get())
            .toList();
    return page(found, limit.get(), request);
  }

  private static Reply page(List<Invoice> all, int limit, Request request) {
    Optional<String> after = request.parameter("starting_after");
    int start = 0;
    if (after.isPresent()) {
      start = 1 + all.stream().map(Invoice::id).toList().indexOf(after.get());
      if (start == 0) {
        return StripeError.noSuch(400, "invoice", after.get(), "starting_after").reply();
      }
    }
    int end = Math.min(all.size(), start + limit);
    ObjectNode json = PaymentsJson.list("/v1/invoices", end < all.size());
    var data = (ArrayNode) json.path("data");
    all.subList(start, end).forEach(invoice -> data.add(PaymentsJson.invoice(invoice)));
    return Reply.json(200, json);
  }

  private Reply refund(Request request) {
    Map<String, String> form = request.form();
    return request
        .header("idempotency-key")
        .map(key -> replies.once(key, form, () -> refund(form)))
        .orElseGet(() -> refund(form));
  }

  private Reply refund(Map<String, String> form) {
    for (String name : form.keySet()) {
      if (!REFUND_PARAMETERS.contains(name)) {
        return StripeError.invalid("Received unknown parameter: " + name, name).reply();
      }
    }
    String param = form.containsKey("payment_intent") ? "payment_intent" : "charge";
    String id = form.getOrDefault(param, "");
    if (id.isEmpty()) {
      return StripeError.missing(param).reply();
    }
    Optional<String> reason = Optional.ofNullable(form.get("reason"));
    if (reason.filter(value -> !REASONS.contains(value)).isPresent()) {
      return StripeError.invalid("Invalid reason: must be one of " + sorted(REASONS), "reason")
          .reply();
    }
    return ledger
        .charge(id)
        .map(charge -> refund(charge, form, reason))
        .orElseGet(() -> StripeError.noSuch(404, param.replace('_', ' '), id, param).reply());
  }

  private Reply refund(Charge charge, Map<String, String> form, Optional<String> reason) {
    int left = ledger.refundable(charge);
    if (left == 0) {
      return StripeError.alreadyRefunded(charge.id()).reply();
    }
    Optional<Integer> cents = number(form.getOrDefault("amount", "" + left));
    if (cents.filter(value -> value >= 1).isEmpty()) {
      return StripeError.invalid("Invalid integer: amount", "amount").reply();
    }
    return ledger
        .refund(charge, cents.get(), reason)
        .map(refund -> Reply.json(200, PaymentsJson.refund(refund)))
        .orElseGet(() -> tooMuch(cents.get(), left));
  }

  private static Reply tooMuch(int cents, int left) {
    return StripeError.invalid(
            "Refund amount ("
                + TicketBook.dollars(cents)
                + ") is greater than unrefunded amount on charge ("
                + TicketBook.dollars(left)
                + ")",
            "amount")
        .reply();
  }

  private static Optional<Integer> number(String text) {
    try {
      return Optional.of(Integer.parseInt(text));
    } catch (NumberFormatException notANumber) {
      return Optional.empty();
    }
  }

  private static String sorted(Set<String> words) {
    return String.join(", ", words.stream().sorted().toList());
  }
}
