/// Tests of the credentials that are made when they are needed.
@NullMarked
package dev.keyward.server.credential.mint;

import org.jspecify.annotations.NullMarked;
