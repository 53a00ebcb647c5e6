/// The journal of minted credentials, and their way back to the issuers.
///
/// [SqlLeases] writes each one down, sealed, before it is used; [Revocations] gives back those
/// whose run has ended, or whose broker is gone, until that is done or they are over. Nothing here
/// makes a credential or lends one.
@NullMarked
package dev.keyward.server.credential.lease;

import org.jspecify.annotations.NullMarked;
