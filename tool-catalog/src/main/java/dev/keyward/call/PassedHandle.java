package dev.keyward.call;

import java.time.Instant;

/// A handle among the arguments of a call: all that may be known of it before it is sent.
///
/// @param text as the agent passes it, for example `kw_h_reset_link_…`
/// @param kind what kind of secret it stands for
/// @param from the tool whose answer gave it
/// @param given when
/// @param digest a keyed digest of the value, which tells nothing without the key
public record PassedHandle(String text, String kind, ToolName from, Instant given, String digest) {}
