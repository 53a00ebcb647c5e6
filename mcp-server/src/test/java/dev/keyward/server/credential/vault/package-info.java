@NullMarked
package dev.keyward.server.credential.vault;

import org.jspecify.annotations.NullMarked;
