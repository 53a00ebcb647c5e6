package dev.keyward.server.upstream;

/// The broker's own way to the endpoints that its settings name, under the rules for upstreams: the
/// same addresses are refused, no redirect is followed, size and time are bounded.
public interface Enquiries {
  /// Sends `enquiry` once and waits for its end, at most ten seconds, interrupted or not.
  Enquiry.Answer ask(Enquiry enquiry);
}
