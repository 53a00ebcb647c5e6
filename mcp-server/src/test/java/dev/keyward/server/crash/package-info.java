/// What a broker leaves behind when it is killed, its disk is full, or its power fails: brokers as
/// processes of their own, and what their clients were told held against what is on disk.
@NullMarked
package dev.keyward.server.crash;

import org.jspecify.annotations.NullMarked;
