/// The one database, and transactions over it; the lowest package that persists.
///
/// Each owner of data keeps its own store beside it, hand-written SQL through [Tx], and its own
/// migrations. Nothing here knows what is stored.
@NullMarked
package dev.keyward.store;

import org.jspecify.annotations.NullMarked;
