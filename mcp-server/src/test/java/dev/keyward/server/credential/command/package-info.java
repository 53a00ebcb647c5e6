@NullMarked
package dev.keyward.server.credential.command;

import org.jspecify.annotations.NullMarked;
