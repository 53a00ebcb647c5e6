/// HTML: as text to read, and as the parts in which a secret may hide. The only place that knows
/// jsoup.
///
/// Called by [dev.keyward.redaction.Redactor] and, for answers of kind HTML, by the pipeline. It
/// decides nothing: what is a secret is found elsewhere.
@NullMarked
package dev.keyward.redaction.html;

import org.jspecify.annotations.NullMarked;
