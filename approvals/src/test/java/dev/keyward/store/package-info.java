@NullMarked
package dev.keyward.store;

import org.jspecify.annotations.NullMarked;
