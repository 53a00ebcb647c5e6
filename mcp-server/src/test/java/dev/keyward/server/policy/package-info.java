/// Tests of the gate, and the one way for other tests to come by a permitted call.
@NullMarked
package dev.keyward.server.policy;

import org.jspecify.annotations.NullMarked;
