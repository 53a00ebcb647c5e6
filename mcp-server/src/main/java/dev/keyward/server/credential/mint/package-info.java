/// Credentials that are made when a call needs them: short-lived, for one run, with no more scope
/// than the tool asks for.
///
/// [Minting] keeps them in memory and lets one request serve all who wait; one class for each kind
/// asks the issuer. What is made is told to the redactor before it is used. Nothing here is written
/// to disk or logged, and nothing is asked of an issuer before the call's intent is durable.
@NullMarked
package dev.keyward.server.credential.mint;

import org.jspecify.annotations.NullMarked;
