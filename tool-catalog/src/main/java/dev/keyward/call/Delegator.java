package dev.keyward.call;

/// The person for whom a run acts.
///
/// @param person who it is
/// @param verified whether a signed token said so; otherwise it is only claimed, and confers
///   nothing
public record Delegator(PersonId person, boolean verified) {}
