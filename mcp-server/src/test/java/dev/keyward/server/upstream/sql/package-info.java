/// Tests of statements against real databases.
@NullMarked
package dev.keyward.server.upstream.sql;

import org.jspecify.annotations.NullMarked;
