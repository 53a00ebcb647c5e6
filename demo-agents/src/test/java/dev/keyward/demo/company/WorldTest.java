package dev.keyward.demo.company;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class WorldTest {
  private static final Instant NOW = Instant.parse("2026-11-20T10:00:00Z");
  private static final Pattern INVOICE_NUMBER = Pattern.compile("[0-9A-F]{8}-\\d{4}");

  private final World world = World.generate(7, NOW);

  @Test
  void theSameSeedGivesTheSameWorld() {
    assertEquals(world, World.generate(7, NOW));
    assertNotEquals(world, World.generate(8, NOW));
  }

  @Test
  void thereAreHundredsOfTicketsAndTheirTextsVary() {
    assertTrue(world.tickets().size() >= 300);
    long bodies = world.tickets().stream().map(Ticket::body).distinct().count();
    assertTrue(bodies > 300, bodies + " different texts");
  }

  @Test
  void everyInvoiceNumberInATicketIsOneOfItsCustomers() {
    int named = 0;
    for (Ticket ticket : world.tickets()) {
      List<String> theirs =
          world.invoices().stream()
              .filter(invoice -> invoice.customer().equals(ticket.customer()))
              .map(Invoice::number)
              .toList();
      Matcher numbers = INVOICE_NUMBER.matcher(ticket.subject() + ticket.body());
      while (numbers.find()) {
        named++;
        assertTrue(theirs.contains(numbers.group()), ticket.id());
      }
    }
    assertTrue(named > 20, named + " invoices named");
  }

  @Test
  void noPlaceholderIsLeftInAnyText() {
    for (Ticket ticket : world.tickets()) {
      String texts =
          ticket.subject()
              + ticket.body()
              + ticket.notes().stream().map(Note::text).collect(Collectors.joining());
      assertFalse(texts.contains("{") || texts.contains("}"), texts);
    }
  }

  @Test
  void nothingLiesInTheFutureAndNotesFollowTheirTicket() {
    for (Ticket ticket : world.tickets()) {
      assertFalse(ticket.createdAt().isAfter(NOW));
      assertFalse(ticket.updatedAt().isAfter(NOW.plusSeconds(60)), ticket.id());
      ticket.notes().forEach(note -> assertTrue(note.createdAt().isAfter(ticket.createdAt())));
    }
    world.invoices().forEach(invoice -> assertFalse(invoice.created().isAfter(NOW)));
  }

  @Test
  void idsAreUnique() {
    assertEquals(
        world.invoices().size(),
        new HashSet<>(world.invoices().stream().map(Invoice::id).toList()).size());
    assertEquals(
        world.customers().size(),
        new HashSet<>(world.customers().stream().map(Customer::id).toList()).size());
  }

  @Test
  void whoSaysTheyWereChargedTwiceWas() {
    Ticket ticket = world.ticket(World.CHARGED_TWICE);
    List<Invoice> theirs =
        world.invoices().stream()
            .filter(invoice -> invoice.customer().equals(ticket.customer()))
            .toList();
    Invoice first = theirs.get(theirs.size() - 2);
    Invoice second = theirs.getLast();

    assertEquals(first.description(), second.description());
    assertEquals(first.cents(), second.cents());
    assertNotEquals(first.charge(), second.charge());
    assertTrue(ticket.body().contains(first.number()) && ticket.body().contains(second.number()));
  }

  @Test
  void thePlantedTicketNamesAChargeThatExists() {
    Ticket ticket = world.ticket(World.PLANTED);
    assertTrue(
        world.invoices().stream()
            .flatMap(invoice -> invoice.charge().stream())
            .anyMatch(charge -> ticket.body().contains(charge.id())));
  }

  @Test
  void aPaidInvoiceHasAChargeOfItsAmountAndNoOtherHasOne() {
    for (Invoice invoice : world.invoices()) {
      assertEquals(invoice.status().equals("paid"), invoice.charge().isPresent());
      invoice.charge().ifPresent(charge -> assertEquals(invoice.cents(), charge.cents()));
    }
  }
}
