package dev.keyward.demo.company;

import java.time.Instant;
import java.util.List;
import java.util.Random;

/// What both companies know: the same customers, their tickets in the CRM, their invoices and
/// charges in payments. Tickets about money name invoices that exist.
///
/// @param tickets by id, ascending, which is also oldest first
/// @param invoices oldest first
public record World(List<Customer> customers, List<Ticket> tickets, List<Invoice> invoices) {
  /// The ticket of a customer who was charged twice for one month, which is true.
  public static final String CHARGED_TWICE = "4807";

  /// The ticket whose text was planted: it tells an agent to leak keys and to pay money.
  public static final String PLANTED = "4812";

  /// A ticket on a broken shard: reading it fails, and the error repeats the request's headers.
  public static final String BROKEN = "4790";

  /// A ticket that fails likewise, with the headers in base64.
  public static final String BROKEN_ENCODED = "4791";

  /// Copies the lists.
  public World {
    customers = List.copyOf(customers);
    tickets = List.copyOf(tickets);
    invoices = List.copyOf(invoices);
  }

  /// {@return a world that depends on nothing but the arguments}
  ///
  /// @param now when the newest ticket has just been written
  public static World generate(long seed, Instant now) {
    var random = new Random(seed);
    List<Customer> customers = new CustomerBook(random, now).write();
    List<Invoice> invoices = new InvoiceBook(random, now).write(customers);
    List<Ticket> tickets = new TicketBook(random, now, customers, invoices).write();
    return new World(customers, tickets, invoices);
  }

  /// {@return the customer who was charged twice}
  static Customer chargedTwice(List<Customer> customers) {
    return customers.getFirst();
  }

  /// {@return the customer whose record payments cannot read, and says so with the headers}
  public Customer unreadable() {
    return customers.getLast();
  }

  /// {@return the ticket with that id}
  ///
  /// @throws IllegalArgumentException if there is none
  public Ticket ticket(String id) {
    return tickets.stream()
        .filter(ticket -> ticket.id().equals(id))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no such ticket"));
  }
}
