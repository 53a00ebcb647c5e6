/// Stage 8 for statements: runs the one statement of a tool at its database, and reads its rows.
///
/// [SqlUpstream] is the way; behind it one [SqlCall] for each call makes a connection of its own to
/// an address that was checked, logs in, binds the arguments and runs the statement in one
/// transaction. It is the only place beside the store that knows the PostgreSQL driver. Nothing
/// here keeps a connection, makes a statement's text out of an argument, or passes on a word of the
/// server's: its messages quote values.
@NullMarked
package dev.keyward.server.upstream.sql;

import org.jspecify.annotations.NullMarked;
