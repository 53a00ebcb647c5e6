package dev.keyward.approvals.web;

import dev.keyward.approvals.Person;
import dev.keyward.redaction.Secret;

/// A browser in which a person is signed in, as of one request.
///
/// @param person who, with the roles of this moment
/// @param token what the browser's cookie holds
record Session(Person person, Secret token) {

  /// {@return what every form of this session carries; it does not reveal the session's token}
  String csrf() {
    return Tokens.csrf(token);
  }

  /// {@return whether `offered` is this session's; compared in constant time}
  boolean owns(String offered) {
    return Tokens.same(csrf(), offered);
  }
}
