package dev.keyward.demo.company;

import java.time.Instant;

/// Money that was taken from a card.
///
/// @param id `ch_` and 24 letters and digits
/// @param paymentIntent `pi_` and 24 letters and digits
/// @param customerId whose card it was
/// @param invoiceId what it paid
public record Charge(
    String id,
    String paymentIntent,
    String customerId,
    String invoiceId,
    int cents,
    String last4,
    Instant created) {}
