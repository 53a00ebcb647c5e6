/// Signed tokens (JWT, RFC 7519) of issuers that the operator trusts: whether they are good, and
/// what they say.
///
/// The only place that knows the JOSE library. Keys come from where the settings say, never from
/// where a token says. What a token is good for is decided elsewhere.
@NullMarked
package dev.keyward.server.token;

import org.jspecify.annotations.NullMarked;
