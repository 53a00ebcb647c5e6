/// JSON as a row of texts, and back.
///
/// Called by [dev.keyward.redaction.Redactor] and [dev.keyward.redaction.KnownSecrets]. It searches
/// for nothing and replaces only what it is told to.
@NullMarked
package dev.keyward.redaction.json;

import org.jspecify.annotations.NullMarked;
