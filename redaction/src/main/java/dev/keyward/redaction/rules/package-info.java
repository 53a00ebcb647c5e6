/// Finds secrets that nobody registered, by rules that are data: what the tokens of vendors look
/// like, and where passwords stand.
///
/// Called by [dev.keyward.redaction.Redactor]. A rule is a fact (prefix, alphabet, length,
/// checksum, the words beside it); the matchers are written by hand, read each character a bounded
/// number of times and never look further than they are told. It replaces nothing, keeps nothing of
/// a text and never says what it found, only where.
@NullMarked
package dev.keyward.redaction.rules;

import org.jspecify.annotations.NullMarked;
