package dev.keyward.catalog;

import java.util.Optional;

/// Where a credential's value goes in a request.
public sealed interface Placement {
  /// `Authorization: Bearer` and the value.
  record Bearer() implements Placement {}

  /// `Authorization: Basic` and the value in base64; the value is `user:password`.
  record Basic() implements Placement {}

  /// A header of its own.
  ///
  /// @param name the header's name
  /// @param prefix what stands before the value, often empty; a space at its end is kept
  record Header(String name, String prefix) implements Placement {}

  /// A query parameter; the value is percent-encoded. Many servers log it, so prefer a header.
  ///
  /// @param name the parameter's name, not yet encoded
  record Query(String name) implements Placement {}

  /// A cookie, the only one of the request.
  ///
  /// @param name the cookie's name
  record Cookie(String name) implements Placement {}

  /// A field at the end of the form that the tool sends, or of one of its own.
  ///
  /// @param name the field's name, not yet encoded
  record Form(String name) implements Placement {}

  /// HMAC-SHA256 over parts of the request, in hexadecimal; the value is the key and is not sent.
  ///
  /// @param header the header that carries the signature
  /// @param signed what is signed: text with `{timestamp}`, `{method}`, `{path}` and `{body}`
  /// @param value what the header holds: text with `{signature}` and `{timestamp}`
  /// @param timestampHeader the header that carries the time, empty for none; seconds since 1970
  record Hmac(String header, String signed, String value, String timestampHeader)
      implements Placement {}

  /// A TLS client certificate; the value is the certificate, with those between it and its
  /// authority, and its private key, all in PEM. Nothing of it stands in the request.
  record ClientCertificate() implements Placement {}

  /// The login at a database.
  ///
  /// @param user whose password the value is; absent: the value is `user:password`
  record Login(Optional<String> user) implements Placement {}

  /// A signature of AWS, version 4; the value is `id:secret` or `id:secret:session`.
  ///
  /// @param service for example `execute-api`
  /// @param region for example `eu-central-1`
  record SigV4(String service, String region) implements Placement {}
}
