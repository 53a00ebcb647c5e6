package dev.keyward.catalog;

/// One header of a request.
///
/// @param name a token as in RFC 9110, section 5.1
/// @param value printable ASCII
public record HeaderField(String name, String value) {}
