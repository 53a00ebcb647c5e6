package dev.keyward.demo.company;

import java.time.Instant;
import java.util.Optional;

/// Money that was given back.
///
/// @param id `re_` and 24 letters and digits
/// @param reason one of Stripe's reasons, where one was given
public record Refund(
    String id, Charge charge, int cents, Optional<String> reason, Instant created) {}
