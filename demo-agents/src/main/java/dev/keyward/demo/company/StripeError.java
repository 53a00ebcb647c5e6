package dev.keyward.demo.company;

import java.util.Optional;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// An error as Stripe writes it: `{"error": {type, code?, message, param?, doc_url?}}`.
///
/// Shape from Stripe's API reference, "Errors".
///
/// @param code where Stripe has one for the case
/// @param param which parameter is at fault, where it is one
record StripeError(
    int status, String type, Optional<String> code, String message, Optional<String> param) {
  private static final String INVALID = "invalid_request_error";

  static StripeError invalid(String message, String param) {
    return new StripeError(400, INVALID, Optional.empty(), message, Optional.of(param));
  }

  static StripeError missing(String param) {
    return new StripeError(
        400,
        INVALID,
        Optional.of("parameter_missing"),
        "Missing required param: " + param + ".",
        Optional.of(param));
  }

  /// {@return what Stripe says where an id names nothing; 404 in a path, 400 in a parameter}
  static StripeError noSuch(int status, String kind, String id, String param) {
    String message = "No such " + kind + ": '" + id + "'";
    return new StripeError(
        status, INVALID, Optional.of("resource_missing"), message, Optional.of(param));
  }

  static StripeError alreadyRefunded(String charge) {
    return new StripeError(
        400,
        INVALID,
        Optional.of("charge_already_refunded"),
        "Charge " + charge + " has already been refunded.",
        Optional.empty());
  }

  static StripeError otherRequest(String idempotencyKey) {
    return new StripeError(
        400,
        "idempotency_error",
        Optional.empty(),
        "Keys for idempotent requests can only be used with the same parameters they were first used"
            + " with. Try using a key other than '"
            + idempotencyKey
            + "' if you meant to execute a different request.",
        Optional.empty());
  }

  static StripeError unrecognizedUrl(String method) {
    return new StripeError(
        404,
        INVALID,
        Optional.empty(),
        "Unrecognized request URL (" + method + "). Please see https://stripe.com/docs.",
        Optional.empty());
  }

  static StripeError unauthorized(String message) {
    return new StripeError(401, INVALID, Optional.empty(), message, Optional.empty());
  }

  static StripeError api(String message) {
    return new StripeError(500, "api_error", Optional.empty(), message, Optional.empty());
  }

  Reply reply() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    ObjectNode error = json.putObject("error");
    code.ifPresent(
        value ->
            error
                .put("code", value)
                .put("doc_url", "https://stripe.com/docs/error-codes/" + value.replace('_', '-')));
    error.put("message", message);
    param.ifPresent(value -> error.put("param", value));
    error.put("type", type);
    return Reply.json(status, json);
  }
}
