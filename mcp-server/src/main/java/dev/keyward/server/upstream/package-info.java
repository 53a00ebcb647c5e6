/// Stage 8 of a call: sends it to the tool's own origin and reads what comes back.
///
/// The pipeline calls [Upstream] with a call that is permitted and a credential that is leased. The
/// credential is put in at the last moment, addresses are checked and then connected to without
/// being looked up again, and every end says whether a byte of the request may have left. Nothing
/// here follows a redirect, keeps a cookie, reads a proxy from the environment, scrubs or projects.
@NullMarked
package dev.keyward.server.upstream;

import org.jspecify.annotations.NullMarked;
