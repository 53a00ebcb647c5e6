package dev.keyward.demo.company;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.random.RandomGenerator;

/// Writes the tickets, oldest first; the few that the stories need stand among the others.
final class TicketBook {
  private static final int FIRST_ID = 4500;
  private static final int LAST_ID = 4819;
  private static final List<String> STAFF = List.of("mina.ortega", "joel.adeyemi", "sven.hartl");
  private static final List<String> DAYS =
      List.of("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday");
  private static final List<String> GREETINGS =
      List.of("Hello,", "Hi there,", "Good morning,", "Dear support team,", "Hi all,");
  private static final List<String> ENDINGS =
      List.of("Thanks,", "Kind regards,", "Best wishes,", "Thank you very much,", "Cheers,");

  private final RandomGenerator random;
  private final Instant now;
  private final List<Customer> customers;
  private final List<Invoice> invoices;
  private int notes;

  TicketBook(
      RandomGenerator random, Instant now, List<Customer> customers, List<Invoice> invoices) {
    this.random = random;
    this.now = now;
    this.customers = List.copyOf(customers);
    this.invoices = List.copyOf(invoices);
    this.notes = 9000;
  }

  List<Ticket> write() {
    var tickets = new ArrayList<Ticket>();
    var planted = new PlantedTickets(customers, invoices);
    for (int id = FIRST_ID; id <= LAST_ID; id++) {
      String name = Integer.toString(id);
      Instant created = createdAt(id);
      tickets.add(planted.write(name, created).orElseGet(() -> ordinary(name, created)));
    }
    return tickets;
  }

  /// The newest ticket is minutes old, and one comes every five hours or so.
  private Instant createdAt(int id) {
    Duration age = Duration.ofMinutes((LAST_ID - id) * 300L + random.nextInt(5, 240));
    return now.minus(age);
  }

  private Ticket ordinary(String id, Instant created) {
    Topic topic = pick(Topic.ALL);
    Customer customer = pick(customers);
    Map<String, String> facts = facts(customer);
    List<Note> notes = notes(topic, facts, created);
    return new Ticket(
        id,
        fill(pick(topic.subjects()), facts),
        status(created),
        pick(List.of("low", "normal", "normal", "normal", "high", "urgent")),
        customer,
        body(topic, customer, facts),
        created,
        notes.isEmpty() ? created : notes.getLast().createdAt(),
        notes);
  }

  private String body(Topic topic, Customer customer, Map<String, String> facts) {
    return pick(GREETINGS)
        + "\n\n"
        + fill(pick(topic.problems()), facts)
        + " "
        + fill(pick(topic.details()), facts)
        + "\n"
        + fill(pick(topic.wishes()), facts)
        + "\n\n"
        + pick(ENDINGS)
        + "\n"
        + customer.contact().firstName()
        + ", "
        + customer.name();
  }

  private List<Note> notes(Topic topic, Map<String, String> facts, Instant created) {
    var written = new ArrayList<Note>();
    Instant when = created;
    for (int left = random.nextInt(4); left > 0; left--) {
      when = when.plus(Duration.ofMinutes(random.nextInt(4, 900)));
      if (when.isAfter(now)) {
        break;
      }
      String text = fill(pick(topic.answers()), facts);
      notes++;
      written.add(new Note("note_" + notes, pick(STAFF), text, when, random.nextInt(3) > 0));
    }
    return written;
  }

  private Map<String, String> facts(Customer customer) {
    Invoice invoice =
        pick(invoices.stream().filter(each -> each.customer().equals(customer)).toList());
    String described = invoice.description();
    return Map.of(
        "invoice", invoice.number(),
        "amount", dollars(invoice.cents()),
        "month", described.substring(described.lastIndexOf(", ") + 2),
        "charge", invoice.charge().map(Charge::id).orElse("not there yet"),
        "seats", Integer.toString(customer.seats()),
        "plan", customer.plan().title(),
        "firm", customer.name(),
        "n", Integer.toString(random.nextInt(2, 9)),
        "day", pick(DAYS));
  }

  private String status(Instant created) {
    long days = Duration.between(created, now).toDays();
    int luck = random.nextInt(100);
    if (days > 21) {
      return luck < 95 ? "closed" : "pending";
    }
    return luck < 45 ? "closed" : luck < 65 ? "pending" : "open";
  }

  private <T> T pick(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  private static String fill(String template, Map<String, String> facts) {
    String text = template;
    for (var fact : facts.entrySet()) {
      text = text.replace("{" + fact.getKey() + "}", fact.getValue());
    }
    return text;
  }

  static String dollars(int cents) {
    return String.format(Locale.ROOT, "$%d.%02d", cents / 100, cents % 100);
  }
}
