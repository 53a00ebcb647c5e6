package dev.keyward.approvals.web;

import dev.keyward.call.PersonId;
import java.time.Instant;

/// A reviewer's place, lent to somebody else until then.
public record Loan(PersonId lender, PersonId borrower, Instant until) {}
