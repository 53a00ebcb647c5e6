package dev.keyward.demo.company;

/// One request as a company saw it.
///
/// @param method the HTTP method
/// @param path the path as sent, percent-encoded, without the query
/// @param status the status that was answered
/// @param key the fingerprint of the key presented, never the key
public record JournalEntry(String method, String path, int status, Fingerprint key) {}
