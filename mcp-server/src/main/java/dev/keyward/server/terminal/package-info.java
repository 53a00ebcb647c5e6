/// A person's terminal: signs in at a broker's pages by a code that its person types there, and
/// then reads and decides in that person's name.
///
/// Called by the command line, on a machine that may have nothing else of Keyward's. It knows one
/// address, sends its token nowhere else, and believes no digest that it has not made itself.
@NullMarked
package dev.keyward.server.terminal;

import org.jspecify.annotations.NullMarked;
