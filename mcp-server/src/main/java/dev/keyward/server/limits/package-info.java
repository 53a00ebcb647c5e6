/// How many calls there may be, in a minute and at once, of each agent, run, tool and system; and
/// the circuit breakers that leave a failing system alone.
///
/// The pipeline enters here before the intent, and leaves after the answer. Threads are virtual and
/// unlimited, so these limits alone keep one agent or one slow upstream from starving the others.
/// What goes over is refused with when to try again; nothing queues. The one place that knows
/// Bucket4j and resilience4j.
@NullMarked
package dev.keyward.server.limits;

import org.jspecify.annotations.NullMarked;
