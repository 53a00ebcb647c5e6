/// The store `command`: credentials that another store's own client prints.
///
/// The programs are those of the settings, started by name; nothing that an agent sends becomes a
/// part of one. What they print is kept in memory only.
@NullMarked
package dev.keyward.server.credential.command;

import org.jspecify.annotations.NullMarked;
