/// Tests of the audit.
@NullMarked
package dev.keyward.server.audit;

import org.jspecify.annotations.NullMarked;
