package dev.keyward.demo;

/// The people of the demo, signed in.
///
/// @param owner answers for all three agents, and is a reviewer too
/// @param first a reviewer
/// @param second another one
record People(Reviewer owner, Reviewer first, Reviewer second) {}
