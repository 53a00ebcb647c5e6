package dev.keyward.server.control;

import dev.keyward.approvals.Person;
import dev.keyward.approvals.ReviewScope;
import dev.keyward.approvals.Role;
import dev.keyward.approvals.web.Loan;
import dev.keyward.approvals.web.Loans;
import dev.keyward.approvals.web.OpenSession;
import dev.keyward.approvals.web.SignInLink;
import dev.keyward.call.EmailAddress;
import dev.keyward.call.PersonId;
import dev.keyward.call.ToolPattern;
import dev.keyward.catalog.ToolCatalog;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// `person.add`, `person.link`, `person.bind`, `person.list`, `person.remove`; `person.scope`
/// narrows what somebody reviews, `person.email` says where they are told, `person.sessions` and
/// `person.sign_out` are about where they are signed in, `person.lend`, `person.loans` and
/// `person.end_loan` about reviewers' places.
final class PersonCommands {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final Set<Role> ACTING =
      Set.of(Role.REVIEWER, Role.ADMINISTRATOR, Role.BREAK_GLASS);

  private final OperatorCommands.Parts parts;

  PersonCommands(OperatorCommands.Parts parts) {
    this.parts = parts;
  }

  void offer(Map<String, OperatorCommands.Command> commands) {
    commands.put("person.add", this::add);
    commands.put("person.link", fields -> link(known(fields)));
    commands.put("person.bind", this::bind);
    commands.put("person.forget_passkey", this::forgetPasskey);
    commands.put("person.list", _ -> list());
    commands.put("person.remove", this::remove);
    commands.put("person.scope", this::scope);
    commands.put("person.email", this::email);
    commands.put("person.sessions", this::sessions);
    commands.put("person.sign_out", this::signOut);
    commands.put("person.lend", this::lend);
    commands.put("person.loans", _ -> loans());
    commands.put("person.end_loan", this::endLoan);
  }

  private JsonNode scope(Fields fields) {
    Person person = known(fields);
    ReviewScope scope = scopeIn(fields);
    if (scope.isAll() != fields.flag("everything")) {
      throw new OperatorError("name tools, systems or workspaces, or everything");
    }
    mustReview(person.roles(), scope);
    parts.people().scope(person.id(), scope);
    return warned(row(known(fields)), person.roles(), scope);
  }

  /// A scope says of which requests a reviewer is one. Roles come with `person.add`, or from an
  /// OpenID Connect provider at any sign-in; where there is none, nobody becomes a reviewer later.
  private void mustReview(Set<Role> roles, ReviewScope scope) {
    if (!scope.isAll() && !roles.contains(Role.REVIEWER) && !rolesMayCome()) {
      throw new OperatorError(
          "only a reviewer reviews some requests and not others, so nothing was changed; a role"
              + " comes with: keyward person add NAME --role reviewer (a known person is removed"
              + " first)");
    }
  }

  private boolean rolesMayCome() {
    return parts.config().people().oidc().isPresent();
  }

  /// Says of what will have no effect as things are now; it may have one later.
  private ObjectNode warned(ObjectNode row, Set<Role> roles, ReviewScope scope) {
    List<String> warnings = new ArrayList<>();
    if (!scope.isAll() && !roles.contains(Role.REVIEWER)) {
      warnings.add("this person is no reviewer, and reviews nothing until a sign-in says so");
    }
    List<String> idle = idle(scope);
    if (!idle.isEmpty()) {
      warnings.add("no request can fit " + String.join(", ", idle) + " as things are now");
    }
    return warnings.isEmpty() ? row : row.put("warning", String.join("; ", warnings));
  }

  /// {@return the parts of a scope that name no tool, no system or no agent's workspace}
  private List<String> idle(ReviewScope scope) {
    ToolCatalog catalog = parts.catalog().current();
    Set<String> systems =
        catalog.tools().stream().map(tool -> tool.target().system()).collect(Collectors.toSet());
    Set<String> workspaces =
        parts.agents().list().stream()
            .filter(listed -> !listed.revoked())
            .map(listed -> listed.agent().workspace())
            .collect(Collectors.toSet());
    return words(
            scope.tools().stream().filter(tool -> !catalog.has(tool)),
            scope.systems().stream().filter(system -> !systems.contains(system)),
            scope.workspaces().stream().filter(name -> !workspaces.contains(name)))
        .toList();
  }

  private static ReviewScope scopeIn(Fields fields) {
    try {
      return new ReviewScope(
          fields.list("tools").stream().map(ToolPattern::new).collect(Collectors.toSet()),
          Set.copyOf(fields.list("systems")),
          Set.copyOf(fields.list("workspaces")));
    } catch (IllegalArgumentException e) {
      throw new OperatorError(String.valueOf(e.getMessage()));
    }
  }

  private JsonNode lend(Fields fields) {
    Person lender = known(fields);
    PersonId borrower = fields.parsed("to", PersonId::new);
    int days = fields.number("days", 1, 1, (int) Loans.LONGEST.toDays());
    Loans loans = parts.people().loans();
    Optional<Instant> before = loans.until(lender.id(), borrower);
    loans
        .lend(lender.id(), borrower, Duration.ofDays(days))
        .ifPresent(
            why -> {
              throw new OperatorError(why);
            });
    ArrayNode list = JSON.arrayNode();
    for (Loan loan : loans.list()) {
      boolean now = loan.lender().equals(lender.id()) && loan.borrower().equals(borrower);
      ObjectNode row = row(loan);
      before.filter(_ -> now).ifPresent(end -> row.put("instead_of_until", end.toString()));
      list.add(row);
    }
    return list;
  }

  private static ObjectNode row(Loan loan) {
    return JSON.objectNode()
        .put("lender", loan.lender().value())
        .put("to", loan.borrower().value())
        .put("until", loan.until().toString());
  }

  private JsonNode endLoan(Fields fields) {
    Person lender = known(fields);
    if (!parts
        .people()
        .loans()
        .end(lender.id(), fields.parsed("to", PersonId::new), Optional.empty())) {
      throw new OperatorError("this person has lent that one nothing");
    }
    return loans();
  }

  private JsonNode loans() {
    ArrayNode list = JSON.arrayNode();
    parts.people().loans().list().forEach(loan -> list.add(row(loan)));
    return list;
  }

  private JsonNode email(Fields fields) {
    Person person = known(fields);
    parts.people().address(person.id(), fields.optional("address", EmailAddress::new));
    return row(person);
  }

  private JsonNode sessions(Fields fields) {
    ArrayNode list = JSON.arrayNode();
    for (OpenSession open : parts.people().sessions(known(fields).id())) {
      list.addObject()
          .put("session", open.name())
          .put("started", open.started().toString())
          .put("seen", open.seen().toString())
          .put("is", open.terminal() ? "terminal" : "browser")
          .put("calls_itself", open.browser());
    }
    return list;
  }

  private JsonNode signOut(Fields fields) {
    Person person = known(fields);
    Optional<String> session = fields.optional("session");
    if (session.isPresent() && !parts.people().endSession(person.id(), session.get(), true)) {
      throw new OperatorError("this person has no session of that name");
    }
    int ended = session.isPresent() ? 1 : parts.people().endSessions(person.id());
    return JSON.objectNode().put("name", person.id().value()).put("sessions_ended", ended);
  }

  private JsonNode add(Fields fields) {
    PersonId id = fields.parsed("name", PersonId::new);
    Set<Role> roles = EnumSet.of(Role.MEMBER);
    fields.list("roles").forEach(role -> roles.add(role(role)));
    if (roles.contains(Role.AUDITOR) && roles.stream().anyMatch(ACTING::contains)) {
      throw new OperatorError("an auditor decides on nothing and stops nothing");
    }
    ReviewScope scope = scopeIn(fields);
    mustReview(roles, scope);
    if (parts.people().person(id).isPresent()) {
      throw new OperatorError("a person named " + id + " exists already");
    }
    parts.people().add(id, roles);
    if (!scope.isAll()) {
      parts.people().scope(id, scope);
    }
    return warned(link(new Person(id, roles, scope)), roles, scope);
  }

  private JsonNode bind(Fields fields) {
    Person person = known(fields);
    String issuer =
        parts
            .config()
            .people()
            .oidc()
            .map(oidc -> oidc.provider().name())
            .orElseThrow(() -> new OperatorError("config.yaml has no section people.oidc"));
    if (!parts.people().bind(person.id(), issuer, fields.text("subject"))) {
      throw new OperatorError("this person or this subject is bound already");
    }
    return row(person);
  }

  private JsonNode remove(Fields fields) {
    Person person = known(fields);
    parts.people().remove(person.id());
    ObjectNode removed = JSON.objectNode().put("name", person.id().value());
    List<String> orphans = liveAgentsOf(person.id());
    if (!orphans.isEmpty()) {
      removed.put(
          "warning",
          "nobody can confirm the writes of these agents any more, revoke them or add the person"
              + " again: "
              + String.join(", ", orphans));
    }
    return removed;
  }

  private JsonNode forgetPasskey(Fields fields) {
    Person person = known(fields);
    if (!parts.people().forgetPasskey(person.id())) {
      throw new OperatorError("this person has no passkey");
    }
    return row(person);
  }

  private List<String> liveAgentsOf(PersonId owner) {
    return parts.agents().list().stream()
        .filter(listed -> !listed.revoked() && listed.agent().owner().equals(owner))
        .map(listed -> listed.agent().id().value())
        .toList();
  }

  private JsonNode list() {
    ArrayNode list = JSON.arrayNode();
    parts.people().list().forEach(person -> list.add(row(person)));
    return list;
  }

  private ObjectNode link(Person person) {
    SignInLink link =
        parts
            .people()
            .newLink(person.id())
            .orElseThrow(() -> new OperatorError("the person was removed meanwhile"));
    return row(person)
        .put("link", link.at(parts.peopleUrl().get()).toString())
        .put("link_expires", link.expires().truncatedTo(ChronoUnit.SECONDS).toString());
  }

  private Person known(Fields fields) {
    PersonId id = fields.parsed("name", PersonId::new);
    return parts
        .people()
        .person(id)
        .orElseThrow(() -> new OperatorError("there is no person named " + id));
  }

  private ObjectNode row(Person person) {
    ObjectNode row = JSON.objectNode().put("name", person.id().value());
    ArrayNode roles = row.putArray("roles");
    words(person.roles()).forEach(roles::add);
    if (!person.scope().isAll()) {
      row.put("reviews", words(person.scope()));
    }
    parts.people().address(person.id()).ifPresent(at -> row.put("email", at.value()));
    row.put("passkey", parts.people().passkey(person.id()).isPresent());
    return row;
  }

  private static String words(ReviewScope scope) {
    return words(scope.tools().stream(), scope.systems().stream(), scope.workspaces().stream())
        .collect(Collectors.joining(", "));
  }

  private static Stream<String> words(
      Stream<ToolPattern> tools, Stream<String> systems, Stream<String> workspaces) {
    return Stream.of(
            tools.map(ToolPattern::value),
            systems.map(system -> "system " + system),
            workspaces.map(workspace -> "workspace " + workspace))
        .flatMap(Stream::sorted);
  }

  private static List<String> words(Set<Role> roles) {
    return roles.stream()
        .map(role -> role.name().toLowerCase(Locale.ROOT).replace('_', '-'))
        .sorted()
        .toList();
  }

  private static Role role(String word) {
    return switch (word) {
      case "member" -> Role.MEMBER;
      case "viewer" -> Role.VIEWER;
      case "reviewer" -> Role.REVIEWER;
      case "auditor" -> Role.AUDITOR;
      case "administrator" -> Role.ADMINISTRATOR;
      case "break-glass" -> Role.BREAK_GLASS;
      default ->
          throw new OperatorError(
              "a role must be member, viewer, reviewer, auditor, administrator or break-glass");
    };
  }
}
