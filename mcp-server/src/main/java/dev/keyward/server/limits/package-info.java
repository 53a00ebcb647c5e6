/// How many calls may be in flight, per agent and per tool.
///
/// The pipeline enters here before the intent, and leaves after the answer. Threads are virtual and
/// unlimited, so these limits alone keep one agent or one slow upstream from starving the others.
@NullMarked
package dev.keyward.server.limits;

import org.jspecify.annotations.NullMarked;
