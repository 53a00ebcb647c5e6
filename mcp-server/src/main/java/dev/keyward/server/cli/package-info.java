/// The command line: it knows everything, and nothing knows it.
///
/// Commands that work on a broker's data reach a running one over its socket, and otherwise open
/// the home folder under the same lock. Standard output carries results only.
@NullMarked
package dev.keyward.server.cli;

import org.jspecify.annotations.NullMarked;
