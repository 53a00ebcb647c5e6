package dev.keyward.demo.company;

import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.format.TextStyle;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Writes the invoices: one each month and customer, nearly all paid; one customer was charged
/// twice last month.
final class InvoiceBook {
  private static final int MONTHS = 11;

  private final RandomGenerator random;
  private final Ids ids;
  private final Instant now;
  private final YearMonth thisMonth;

  InvoiceBook(RandomGenerator random, Instant now) {
    this.random = random;
    this.ids = new Ids(random);
    this.now = now;
    this.thisMonth = YearMonth.from(now.atZone(ZoneOffset.UTC));
  }

  List<Invoice> write(List<Customer> customers) {
    var invoices = new ArrayList<Invoice>();
    for (Customer customer : customers) {
      invoices.addAll(of(customer, customer.equals(World.chargedTwice(customers))));
    }
    invoices.sort(Comparator.comparing(Invoice::created));
    return invoices;
  }

  private List<Invoice> of(Customer customer, boolean twice) {
    var invoices = new ArrayList<Invoice>();
    for (int back = MONTHS; back >= 1; back--) {
      YearMonth month = thisMonth.minusMonths(back);
      String status = twice ? "paid" : statusOf(back);
      invoices.add(invoice(customer, month, status, invoices.size() + 1, Duration.ofHours(9)));
      if (twice && back == 1) {
        Duration later = Duration.ofHours(9).plusMinutes(2);
        invoices.add(invoice(customer, month, "paid", invoices.size() + 1, later));
      }
    }
    return invoices;
  }

  /// A month is billed on the first of the next one.
  private Invoice invoice(
      Customer customer, YearMonth month, String status, int number, Duration hour) {
    Instant start = month.atDay(1).atStartOfDay(ZoneOffset.UTC).toInstant();
    Instant end = month.plusMonths(1).atDay(1).atStartOfDay(ZoneOffset.UTC).toInstant();
    Instant due = end.plus(hour);
    Instant created = due.isAfter(now) ? now : due;
    String id = ids.next("in_");
    return new Invoice(
        id,
        String.format(Locale.ROOT, "%s-%04d", customer.prefix(), number),
        customer,
        status,
        customer.monthlyCents(),
        description(customer, month),
        created,
        start,
        end,
        status.equals("paid") ? Optional.of(charge(customer, id, created)) : Optional.empty());
  }

  private Charge charge(Customer customer, String invoice, Instant when) {
    String last4 =
        String.format(Locale.ROOT, "%04d", Math.floorMod(customer.id().hashCode(), 10_000));
    return new Charge(
        ids.next("ch_"),
        ids.next("pi_"),
        customer.id(),
        invoice,
        customer.monthlyCents(),
        last4,
        when);
  }

  private String statusOf(int monthsBack) {
    int luck = random.nextInt(100);
    if (monthsBack == 1) {
      return luck < 20 ? "open" : "paid";
    }
    return luck < 94 ? "paid" : luck < 97 ? "void" : "uncollectible";
  }

  private static String description(Customer customer, YearMonth month) {
    return customer.plan().title()
        + " plan, "
        + customer.seats()
        + " seats, "
        + month.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH)
        + " "
        + month.getYear();
  }
}
