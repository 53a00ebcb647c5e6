package dev.keyward.catalog;

/// An id in the arguments of a call that has to have been shown before.
///
/// @param field a JSON Pointer (RFC 6901) into the arguments
/// @param kind what it must be the id of
/// @param id as it would be compared; empty if the value is none
public record IdUse(String field, String kind, String id) {}
