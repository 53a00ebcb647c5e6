@NullMarked
package dev.keyward.server.unusual;

import org.jspecify.annotations.NullMarked;
