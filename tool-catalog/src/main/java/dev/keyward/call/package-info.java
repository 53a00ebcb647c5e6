/// The words of a call: who calls, which tool, with what, and why it may end early.
///
/// Every other package speaks in these types. Nothing here reads a file, a socket or a clock.
@NullMarked
package dev.keyward.call;

import org.jspecify.annotations.NullMarked;
