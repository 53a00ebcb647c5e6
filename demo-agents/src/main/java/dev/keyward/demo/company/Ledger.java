package dev.keyward.demo.company;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What payments knows: invoices, charges, and the refunds made since it started. Any thread.
final class Ledger {
  private final List<Customer> customers;
  private final List<Invoice> newestFirst;
  private final List<Refund> refunds = new ArrayList<>();
  private final InstantSource clock;
  private final Ids ids;

  Ledger(World world, InstantSource clock, Ids ids) {
    this.customers = world.customers();
    this.newestFirst = world.invoices().reversed();
    this.clock = clock;
    this.ids = ids;
  }

  Optional<Customer> customer(String id) {
    return customers.stream().filter(customer -> customer.id().equals(id)).findFirst();
  }

  /// {@return invoices, newest first; empty arguments match all}
  List<Invoice> invoices(String customer, String status) {
    return newestFirst.stream()
        .filter(invoice -> customer.isEmpty() || invoice.customer().id().equals(customer))
        .filter(invoice -> status.isEmpty() || invoice.status().equals(status))
        .toList();
  }

  /// {@return the charge that has this id, or is that of the payment intent of this id}
  Optional<Charge> charge(String id) {
    return newestFirst.stream()
        .flatMap(invoice -> invoice.charge().stream())
        .filter(charge -> charge.id().equals(id) || charge.paymentIntent().equals(id))
        .findFirst();
  }

  /// {@return what has not been given back of a charge yet, in cents}
  synchronized int refundable(Charge charge) {
    return charge.cents()
        - refunds.stream()
            .filter(refund -> refund.charge().equals(charge))
            .mapToInt(Refund::cents)
            .sum();
  }

  /// {@return the new refund, or nothing if less than `cents` is left of the charge}
  synchronized Optional<Refund> refund(Charge charge, int cents, Optional<String> reason) {
    if (cents > refundable(charge)) {
      return Optional.empty();
    }
    var refund = new Refund(ids.next("re_"), charge, cents, reason, clock.instant());
    refunds.add(refund);
    return Optional.of(refund);
  }

  synchronized List<Refund> refunds() {
    return List.copyOf(refunds);
  }
}
