package dev.keyward.catalog;

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
}
