package dev.keyward.demo;

import dev.keyward.demo.company.Charge;
import dev.keyward.demo.company.Customer;
import dev.keyward.demo.company.Invoice;
import dev.keyward.demo.company.World;
import java.util.Optional;

/// The demo's people where nobody sits at a browser: they decide on the page, as somebody would who
/// knows the customers. Internal notes are fine, public ones are not, and one refund is owed.
final class ReasonablePeople {
  private static final String NOTE = "crm.add_note";
  private static final String REFUND = "stripe.create_refund";

  private final People people;
  private final Optional<Charge> owed;

  ReasonablePeople(People people, World world) {
    this.people = people;
    this.owed = owed(world);
  }

  /// Decides, and returns what was decided, in a sentence.
  String decide(BrokerDoor.Asked request) {
    return switch (request.tool()) {
      case NOTE -> onNote(request);
      case REFUND -> onRefund(request);
      default -> deny(people.first(), request, "I do not know what this is for.");
    };
  }

  private String onNote(BrokerDoor.Asked request) {
    return request.arguments().path("internal").asBoolean(false)
        ? approve(people.owner(), request)
        : deny(people.owner(), request, "Not as a public note.");
  }

  private String onRefund(BrokerDoor.Asked request) {
    boolean right =
        owed.filter(charge -> request.arguments().path("charge").asString("").equals(charge.id()))
            .filter(charge -> request.arguments().path("amount").asInt(-1) == charge.cents())
            .isPresent();
    return right
        ? approve(people.first(), request) + " " + approve(people.second(), request)
        : deny(people.first(), request, "Nobody here owes this refund.");
  }

  private static String approve(Reviewer person, BrokerDoor.Asked request) {
    return person.name() + (person.approve(request.approval()) ? " approves." : " may not.");
  }

  private static String deny(Reviewer person, BrokerDoor.Asked request, String reason) {
    return person.name()
        + (person.deny(request.approval(), reason) ? " denies: " + reason : " may not.");
  }

  /// The later of the two payments for one month.
  private static Optional<Charge> owed(World world) {
    Customer customer = world.ticket(World.CHARGED_TWICE).customer();
    return world.invoices().reversed().stream()
        .filter(invoice -> invoice.customer().equals(customer))
        .findFirst()
        .flatMap(Invoice::charge);
  }
}
