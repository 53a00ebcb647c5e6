package dev.keyward.demo;

import dev.keyward.demo.company.Crm;
import dev.keyward.demo.company.JournalEntry;
import dev.keyward.demo.company.Payments;
import dev.keyward.demo.company.World;
import java.util.List;

/// The two companies of the demo, and the data that they share.
record Companies(World world, Crm crm, Payments payments) {

  /// How far the two journals had come.
  record Mark(int crm, int payments) {}

  /// {@return a mark, to ask later what came after it}
  Mark mark() {
    return new Mark(crm.journal().size(), payments.journal().size());
  }

  /// {@return what the CRM has seen after `mark`}
  List<JournalEntry> crmSince(Mark mark) {
    return crm.journal().since(mark.crm());
  }

  /// {@return what payments has seen after `mark`}
  List<JournalEntry> paymentsSince(Mark mark) {
    return payments.journal().since(mark.payments());
  }

  /// {@return whether neither company has seen anything after `mark`}
  boolean untouchedSince(Mark mark) {
    return crmSince(mark).isEmpty() && paymentsSince(mark).isEmpty();
  }

  /// {@return how many refunds the journal shows as made}
  long refundsSent() {
    return payments.journal().entries().stream()
        .filter(entry -> entry.method().equals("POST") && entry.path().equals("/v1/refunds"))
        .count();
  }

  /// {@return how many notes the journal shows as sent}
  long notesSent() {
    return crm.journal().entries().stream()
        .filter(entry -> entry.method().equals("POST") && entry.path().endsWith("/notes"))
        .count();
  }
}
