@NullMarked
package dev.keyward.server.limits;

import org.jspecify.annotations.NullMarked;
