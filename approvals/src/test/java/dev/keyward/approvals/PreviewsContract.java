package dev.keyward.approvals;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.call.ApprovalKind;
import dev.keyward.call.Arguments;
import dev.keyward.call.ToolName;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.JsonNodeFactory;

/// What is kept of how things were before a call, and for how long.
abstract class PreviewsContract extends OnEveryEngine {
  private static final ToolName READ = new ToolName("stripe.read_charge");

  @Test
  void oneReadsForAllBrokersAndOnce() {
    ApprovalRequest request = at.pending(at.ask(ApprovalKind.REVIEW));
    Previews other = at.restarted(ApprovalsFixture.SETTINGS).previews();

    assertTrue(previews().begin(request.id(), READ));
    assertFalse(other.begin(request.id(), READ));
    assertEquals(
        Optional.of(new Preview.Unread(READ, at.clock.instant(), Preview.Unread.NOT_READ)),
        other.of(request));

    previews().end(request.id(), read(), Optional.of(at.call()));
    other.end(request.id(), unread(), Optional.empty());
    assertEquals(Optional.of(read()), other.of(request));
    assertEquals(List.of("Created PENDING", "Previewed PENDING"), at.listener.heard());
  }

  @Test
  void whatComesAfterTheFirstAnswerIsNotKept() {
    ApprovalRequest request = at.pending(at.ask(ApprovalKind.DUAL));
    previews().begin(request.id(), READ);
    at.decide(request, at.rita, Verdict.APPROVE);

    previews().end(request.id(), read(), Optional.of(at.call()));

    assertEquals(
        Optional.of(new Preview.Unread(READ, at.clock.instant(), Preview.Unread.NOT_READ)),
        previews().of(at.now(request)));
    ApprovalRequest decided = at.approved(ApprovalsFixture.ask(ApprovalKind.REVIEW, at.caller, 2));
    assertFalse(previews().begin(decided.id(), READ));
    assertEquals(Optional.empty(), previews().of(decided));
  }

  @Test
  void withOtherArgumentsItIsNotShown() {
    ApprovalRequest request = at.pending(at.ask(ApprovalKind.REVIEW));
    previews().begin(request.id(), READ);
    previews().end(request.id(), read(), Optional.of(at.call()));

    edit(request, 1, "Zoe");
    assertEquals(Optional.of(read()), previews().of(at.now(request)));
    at.approvals.edit(
        request.id(), at.rita, at.now(request).running(), arguments(7, "Zoe"), "Refund 7");

    assertEquals(
        Optional.of(new Preview.Unread(READ, at.clock.instant(), Preview.Unread.EDITED)),
        previews().of(at.now(request)));
  }

  @Test
  void itIsUnreadableToWhoeverHasTheDatabaseOnlyAndGoneAfterTheRun() {
    ApprovalRequest request = at.pending(at.ask(ApprovalKind.REVIEW));
    ApprovalRequest other = at.pending(ApprovalsFixture.ask(ApprovalKind.REVIEW, at.caller, 2));
    previews().begin(request.id(), READ);
    previews().end(request.id(), read(), Optional.of(at.call()));
    assertFalse(content(request).contains("open"), content(request));

    previews().begin(other.id(), READ);
    move(request, other); // sealed for another request
    assertEquals(
        Optional.of(new Preview.Unread(READ, at.clock.instant(), Preview.Unread.DAMAGED)),
        previews().of(other));

    database.write(
        tx -> {
          at.approvals.cancelRun(tx, at.caller.run());
          return true;
        });
    assertEquals("", content(request));
    assertEquals(
        Optional.of(new Preview.Unread(READ, at.clock.instant(), Preview.Unread.ERASED)),
        previews().of(at.now(request)));
  }

  private Previews previews() {
    return at.approvals.previews();
  }

  private Preview.Read read() {
    return new Preview.Read(
        READ,
        at.clock.instant(),
        Set.of("amount", "charge"),
        List.of(
            new Preview.Field("state", Optional.empty(), new Preview.Value.Found("\"open\"")),
            new Preview.Field("left", Optional.of("amount"), new Preview.Value.Missing()),
            new Preview.Field("note", Optional.empty(), new Preview.Value.TooLong(70_000))));
  }

  private Preview unread() {
    return new Preview.Unread(READ, at.clock.instant(), "http_500");
  }

  private void edit(ApprovalRequest request, int amount, String to) {
    at.approvals.edit(
        request.id(), at.rita, request.running(), arguments(amount, to), "Refund " + amount);
  }

  private static Arguments arguments(int amount, String to) {
    return Arguments.of(JsonNodeFactory.instance.objectNode().put("amount", amount).put("to", to));
  }

  private String content(ApprovalRequest request) {
    return database.read(
        tx ->
            tx.sql()
                .createQuery(
                    "SELECT COALESCE(content, '') FROM approval_previews WHERE approval = :id")
                .bind("id", request.id().value())
                .mapTo(String.class)
                .one());
  }

  private void move(ApprovalRequest from, ApprovalRequest to) {
    database.write(
        tx ->
            tx.sql()
                .execute(
                    "UPDATE approval_previews SET code = 'ok', content ="
                        + " (SELECT content FROM approval_previews WHERE approval = ?)"
                        + " WHERE approval = ?",
                    from.id().value(),
                    to.id().value()));
  }
}
