/// The jobs of agents: every call belongs to one.
///
/// An agent that just connects with its key gets that key's standing run. The pipeline asks for it
/// on each call; ending a run cancels what it has pending.
@NullMarked
package dev.keyward.server.run;

import org.jspecify.annotations.NullMarked;
