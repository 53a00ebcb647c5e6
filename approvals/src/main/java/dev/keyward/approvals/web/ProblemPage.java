package dev.keyward.approvals.web;

/// What the page that says why something did not happen shows.
///
/// @param signIn what the sign-in elsewhere is called, where that is a way in; else empty
/// @param passkey whether a passkey is one
record ProblemPage(Visitor visitor, Problem problem, String signIn, boolean passkey) {}
