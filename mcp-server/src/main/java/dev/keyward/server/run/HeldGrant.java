package dev.keyward.server.run;

/// A grant that a run holds.
///
/// @param id names it in the store, where its calls are counted
record HeldGrant(String id, Grant grant) {}
