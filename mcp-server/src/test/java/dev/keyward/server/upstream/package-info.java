@NullMarked
package dev.keyward.server.upstream;

import org.jspecify.annotations.NullMarked;
