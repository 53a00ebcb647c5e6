/// Tests of the load benchmark's own parts; the benchmark itself is run by hand.
@NullMarked
package dev.keyward.demo.bench;

import org.jspecify.annotations.NullMarked;
