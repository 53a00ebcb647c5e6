/// Finds secrets that are known exactly, in every spelling that a text may give them.
///
/// Called by [dev.keyward.redaction.KnownSecrets] and [dev.keyward.redaction.Redactor] only. It
/// works on characters and places; it never throws, logs or returns a character of a secret, reads
/// no clock, and counts its work instead ([Effort]).
@NullMarked
package dev.keyward.redaction.exact;

import org.jspecify.annotations.NullMarked;
