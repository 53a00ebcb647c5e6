/// What the operator has decided: the home folder and its `config.yaml`.
///
/// Read once at start. Unknown and misspelt settings are errors, never ignored.
@NullMarked
package dev.keyward.server.config;

import org.jspecify.annotations.NullMarked;
