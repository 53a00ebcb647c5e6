/// Unusual behaviour of agents, found by counting, without a model.
///
/// [Behaviour] counts what each agent does and keeps the counts in the database; [Detectors]
/// compare a call with them, purely. A finding is recorded whatever comes of it; that people are
/// asked about it is the policy's.
@NullMarked
package dev.keyward.server.unusual;

import org.jspecify.annotations.NullMarked;
