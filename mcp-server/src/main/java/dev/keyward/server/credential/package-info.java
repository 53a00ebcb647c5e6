/// Stage 7 of a call: the credential that opens the upstream, borrowed for that one call.
///
/// [Credentials] gives leases to the pipeline and tells the redactor which secrets the broker
/// holds. [EncryptedFile] is the embedded store, sealed by the [MasterKey]; the command line writes
/// to it. Other stores are packages below this one. Nothing here sends a secret anywhere, logs one,
/// or falls back to another when one is missing.
@NullMarked
package dev.keyward.server.credential;

import org.jspecify.annotations.NullMarked;
