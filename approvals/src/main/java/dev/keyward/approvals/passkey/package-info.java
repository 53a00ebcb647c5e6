/// Passkeys (WebAuthn Level 3): made in a browser for this site, and what they sign.
///
/// No database, no network, no clock. Nothing here attests which make of authenticator somebody
/// has: a passkey counts because it was made by somebody who had just signed in.
@NullMarked
package dev.keyward.approvals.passkey;

import org.jspecify.annotations.NullMarked;
