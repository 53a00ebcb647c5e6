package dev.keyward.approvals.web;

/// What the page that says why something did not happen shows.
record ProblemPage(Visitor visitor, Problem problem, String signIn) {}
