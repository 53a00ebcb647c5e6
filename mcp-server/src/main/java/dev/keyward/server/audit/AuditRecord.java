package dev.keyward.server.audit;

import java.time.Instant;

/// One record as it stands in the database.
///
/// @param chain the chain it belongs to
/// @param seq its number there, from 1
/// @param at when it was appended
/// @param type its wire type, for example `call.intent`
/// @param body the whole event as canonical JSON (RFC 8785): what the hashes are taken over
/// @param hash the chain hash, 64 hexadecimal digits
public record AuditRecord(
    String chain, long seq, Instant at, String type, String body, String hash) {}
