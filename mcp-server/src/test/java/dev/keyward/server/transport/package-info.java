/// The transports, tried with real clients and real sockets on loopback.
@NullMarked
package dev.keyward.server.transport;

import org.jspecify.annotations.NullMarked;
