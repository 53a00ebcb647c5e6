package dev.keyward.demo.company;

/// What a company does with requests, between the wire and its data.
interface Endpoints {
  /// {@return the answer to a request that carried the company's key}
  Reply answer(Request request);

  /// {@return the answer to a request with a wrong key, or with none}
  ///
  /// @param keyPresented whether there was a key at all
  Reply unauthorized(boolean keyPresented);

  /// {@return the answer to a request that cannot be read: broken escapes, or too large a body}
  Reply unreadable(int status, String rule);
}
