package dev.keyward.approvals.web;

import dev.keyward.redaction.Secret;
import dev.keyward.redaction.TouchesSecret;

/// What the page behind a one-time link shows: looking at it uses nothing up.
///
/// @param name whom the link signs in
record SignInPage(String name, Secret link) {

  /// {@return the token for the form's hidden field; the address of the page holds it already}
  @TouchesSecret
  String field() {
    return link.use(token -> token);
  }
}
