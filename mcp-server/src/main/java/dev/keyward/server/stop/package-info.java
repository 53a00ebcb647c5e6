/// The kill switch: what people have stopped, and what comes of it.
///
/// [Stops] keeps it in the database and, under the identity epoch, in memory; the pipeline asks it
/// before a call begins, before its first byte and before its answer. [KillSwitch] orders a stop
/// and ends what is under way. Nothing here resumes by itself.
@NullMarked
package dev.keyward.server.stop;

import org.jspecify.annotations.NullMarked;
