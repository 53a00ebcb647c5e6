/// The running system: [Keyward#open] calls every constructor, top to bottom, and shows the whole
/// object graph.
///
/// The command line starts it; nothing else knows all parts.
@NullMarked
package dev.keyward.server;

import org.jspecify.annotations.NullMarked;
