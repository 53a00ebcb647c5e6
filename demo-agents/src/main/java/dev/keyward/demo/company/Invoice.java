package dev.keyward.demo.company;

import java.time.Instant;
import java.util.Optional;

/// An invoice for one month.
///
/// @param id `in_` and 24 letters and digits
/// @param number what the customer reads on it, for example `7F2A91C0-0004`
/// @param status `open`, `paid`, `void` or `uncollectible`
/// @param cents its total
/// @param charge the charge that paid it
public record Invoice(
    String id,
    String number,
    Customer customer,
    String status,
    int cents,
    String description,
    Instant created,
    Instant periodStart,
    Instant periodEnd,
    Optional<Charge> charge) {}
