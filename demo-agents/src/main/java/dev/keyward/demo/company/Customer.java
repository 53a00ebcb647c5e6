package dev.keyward.demo.company;

import java.time.Instant;

/// A customer, the same in both companies' systems.
///
/// @param id `cus_` and 14 letters and digits, in the CRM and in payments
/// @param prefix the letters and digits that the customer's invoice numbers begin with
public record Customer(
    String id, String name, Contact contact, Plan plan, int seats, String prefix, Instant since) {

  /// {@return what one month costs, in cents}
  int monthlyCents() {
    return plan.centsPerSeat() * seats;
  }
}
