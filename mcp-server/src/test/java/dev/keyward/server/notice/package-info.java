/// Tests of the messages to people.
@NullMarked
package dev.keyward.server.notice;

import org.jspecify.annotations.NullMarked;
