/// Tests of the journal of leases and of their way back.
@NullMarked
package dev.keyward.server.credential.lease;

import org.jspecify.annotations.NullMarked;
