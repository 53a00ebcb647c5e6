/// Tests of the runs, and what they share.
@NullMarked
package dev.keyward.server.run;

import org.jspecify.annotations.NullMarked;
