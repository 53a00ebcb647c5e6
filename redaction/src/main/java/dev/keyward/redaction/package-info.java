/// Takes every secret out of what is about to leave.
///
/// The pipeline calls [Redactor] as its ninth stage; transports send only the [Redacted] that it
/// makes. Nothing here reads a file, a socket or a clock, or knows another module of Keyward.
@NullMarked
package dev.keyward.redaction;

import org.jspecify.annotations.NullMarked;
