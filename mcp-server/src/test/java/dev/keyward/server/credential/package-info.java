@NullMarked
package dev.keyward.server.credential;

import org.jspecify.annotations.NullMarked;
