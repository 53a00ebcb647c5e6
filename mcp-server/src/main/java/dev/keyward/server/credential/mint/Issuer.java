package dev.keyward.server.credential.mint;

import dev.keyward.server.upstream.Enquiries;
import dev.keyward.server.upstream.Enquiry;
import dev.keyward.server.upstream.Failure;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// Asks an issuer, and tells an answer that will stay the same from one that may change.
final class Issuer {
  private static final int SERVER_ERROR = 500;
  private static final int TOO_MANY = 429;

  /// Words that an OAuth server may put into `error`; others are not repeated.
  private static final Set<String> KNOWN =
      Set.of(
          "invalid_request",
          "invalid_client",
          "invalid_grant",
          "unauthorized_client",
          "unsupported_grant_type",
          "invalid_scope",
          "invalid_target",
          "unsupported_token_type",
          "access_denied");

  private final Enquiries enquiries;

  Issuer(Enquiries enquiries) {
    this.enquiries = enquiries;
  }

  /// {@return the JSON object of a successful answer}
  JsonNode ask(Enquiry enquiry) throws MintFault {
    return switch (enquiries.ask(enquiry)) {
      case Enquiry.Answer.Failed(var why) -> throw failed("cannot be made", why);
      case Enquiry.Answer.Answered(var status, var body) -> {
        if (status >= SERVER_ERROR || status == TOO_MANY) {
          throw MintFault.passing("cannot be made: its issuer answers with status " + status);
        }
        if (status >= 300) {
          throw MintFault.refused(said(status, body));
        }
        if (!body.isObject()) {
          throw MintFault.passing("cannot be made: its issuer answers with no JSON object");
        }
        yield body;
      }
    };
  }

  /// Tells it something; of a success only the status counts.
  ///
  /// @param gone a status that says that there was nothing to tell any more
  void tell(Enquiry enquiry, int gone) throws MintFault {
    switch (enquiries.ask(enquiry.statusOnly())) {
      case Enquiry.Answer.Failed(var why) -> throw failed("is not given back", why);
      case Enquiry.Answer.Answered(var status, var body) -> {
        if (status >= 300 && status != gone) {
          throw MintFault.passing("is not given back: its issuer says " + said(status, body));
        }
      }
    }
  }

  private static MintFault failed(String what, Failure why) {
    String words = what + ": its issuer's answer " + why.words();
    return switch (why) {
      case ADDRESS_REFUSED, REQUEST_UNUSABLE, CREDENTIAL_UNUSABLE, LOGIN_REFUSED ->
          MintFault.lasting(words);
      case UNREACHABLE,
          CANCELLED,
          TIMED_OUT,
          TOO_LARGE,
          WRONG_TYPE,
          REDIRECTED,
          MALFORMED,
          BROKEN_OFF ->
          MintFault.passing(words);
    };
  }

  private static String said(int status, JsonNode body) {
    String error = body.path("error").asString("");
    return KNOWN.contains(error) ? error : "no, with status " + status;
  }
}
