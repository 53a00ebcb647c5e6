package dev.keyward.approvals.web;

import static java.util.function.Function.identity;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toMap;

import dev.keyward.approvals.AllowanceLeft;
import dev.keyward.approvals.ApprovalRequest;
import dev.keyward.approvals.ApprovalState;
import dev.keyward.approvals.Approvals;
import dev.keyward.approvals.CallEnd;
import dev.keyward.approvals.Decision;
import dev.keyward.approvals.Edit;
import dev.keyward.approvals.Quorum;
import dev.keyward.approvals.Subject;
import dev.keyward.approvals.Undecided;
import dev.keyward.approvals.Verdict;
import dev.keyward.call.ApprovalId;
import dev.keyward.call.Caller;
import dev.keyward.call.PersonId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Turns requests into page models: words, order, and what this person may do.
///
/// All text that an agent or another person wrote goes through the scrubber first; where that is
/// not sure, the text is withheld, and so is the button to approve.
final class Views {
  private static final Set<ApprovalState> REST =
      EnumSet.complementOf(EnumSet.of(ApprovalState.PENDING, ApprovalState.PARTIAL));
  private static final int MOST_UNDECIDED = 10_000;
  private static final int ON_A_PAGE = 100;
  private static final int MOST_DECIDED = 50;

  private static final Typed NOTHING = new Typed("", Optional.empty());

  private final Approvals approvals;
  private final UnknownViews unknown;
  private final ReviewViews reviews;
  private final Passkeys passkeys;
  private final QueueChanges changes;
  private final ToolCredentials credentials;
  private final RunPurposes purposes;
  private final Scrubbed scrubbed;
  private final InstantSource clock;

  Views(
      Approvals approvals,
      UnknownViews unknown,
      ReviewViews reviews,
      Passkeys passkeys,
      QueueChanges changes,
      ToolCredentials credentials,
      RunPurposes purposes,
      Scrubbed scrubbed,
      InstantSource clock) {
    this.approvals = approvals;
    this.unknown = unknown;
    this.reviews = reviews;
    this.passkeys = passkeys;
    this.changes = changes;
    this.credentials = credentials;
    this.purposes = purposes;
    this.scrubbed = scrubbed;
    this.clock = clock;
  }

  /// {@return the queue's page of this number, or its last}
  QueuePage queue(Session session, int wanted) {
    long shown = changes.newest(); // before anything is read: a change in between is told later
    Instant now = clock.instant();
    List<Undecided> yours = new ArrayList<>();
    List<Undecided> others = new ArrayList<>();
    List<Undecided> over = new ArrayList<>();
    List<Undecided> all = approvals.undecidedFor(session.person(), MOST_UNDECIDED);
    Map<ApprovalId, String> used = placesUsed(all, session);
    for (Undecided each : all) {
      if (over(each, now)) {
        over.add(each);
      } else if (waitsFor(each, session) && !used.containsKey(each.id())) {
        yours.add(each);
      } else {
        others.add(each);
      }
    }
    int pages = Math.max(1, Math.ceilDiv(yours.size() + others.size(), ON_A_PAGE));
    int number = Math.clamp(wanted, 1, pages);
    int from = (number - 1) * ON_A_PAGE;
    return new QueuePage(
        Visitor.of(session),
        shown,
        unknown.waiting(session),
        reviews.open(session),
        passkeys.suggests(session),
        yours.size(),
        others.size(),
        number,
        pages,
        QueuePage.Run.of(rows(onPage(yours, from), now)),
        QueuePage.Run.of(rows(onPage(others, from - yours.size()), used, now)),
        number == 1 ? elsewhere(session, now) : List.of(),
        number == 1 ? decided(over, session, now) : List.of());
  }

  /// What waits for reviewers, as much as its agent's people need to know: that it does, and for
  /// how many. Arguments are for those who decide on them.
  private List<QueuePage.Elsewhere> elsewhere(Session session, Instant now) {
    return approvals.askedOfOthers(session.person(), MOST_DECIDED).stream()
        .map(request -> row(request, now))
        .map(
            row ->
                new QueuePage.Elsewhere(
                    row.title(),
                    row.tool(),
                    row.tier(),
                    row.agent(),
                    row.behalf(),
                    row.kind(),
                    row.agreed(),
                    row.asked(),
                    row.expires()))
        .toList();
  }

  /// Those of a page that begins at `from`, which may lie before them.
  private List<ApprovalRequest> onPage(List<Undecided> all, int from) {
    return inFull(
        all.stream()
            .skip(Math.max(0, from))
            .limit(Math.max(0, ON_A_PAGE + Math.min(0, from)))
            .toList());
  }

  private List<QueuePage.Row> decided(List<Undecided> over, Session session, Instant now) {
    List<ApprovalRequest> decided =
        new ArrayList<>(inFull(over.stream().limit(MOST_DECIDED).toList()));
    decided.addAll(approvals.listFor(session.person(), REST, MOST_DECIDED));
    return rows(decided, now);
  }

  private List<QueuePage.Row> rows(List<ApprovalRequest> requests, Instant now) {
    return rows(requests, Map.of(), now);
  }

  private List<QueuePage.Row> rows(
      List<ApprovalRequest> requests, Map<ApprovalId, String> used, Instant now) {
    return requests.stream()
        .map(request -> row(request, used.getOrDefault(request.id(), ""), now))
        .toList();
  }

  /// {@return what this person may answer, if only with a denial, and is one of these, soonest to
  /// expire first}
  List<Undecided> decidable(Session session, Predicate<Undecided> which) {
    Instant now = clock.instant();
    return approvals.undecidedFor(session.person(), MOST_UNDECIDED).stream()
        .filter(which)
        .filter(each -> !over(each, now) && waitsFor(each, session))
        .toList();
  }

  /// {@return what waits for this person, soonest to expire first}
  List<Undecided> waiting(Session session) {
    List<Undecided> these = decidable(session, _ -> true);
    Map<ApprovalId, String> used = placesUsed(these, session);
    return these.stream().filter(each -> !used.containsKey(each.id())).toList();
  }

  /// Of which of these somebody has approved in a place that is this person's too, and who.
  private Map<ApprovalId, String> placesUsed(List<Undecided> these, Session session) {
    List<Undecided> begun =
        these.stream()
            .filter(each -> !each.answered().isEmpty() && waitsFor(each, session))
            .toList();
    Map<ApprovalId, String> used = new HashMap<>();
    for (ApprovalRequest request : inFull(begun)) {
      placeUsed(request, session).ifPresent(who -> used.put(request.id(), who));
    }
    return used;
  }

  private Optional<String> placeUsed(ApprovalRequest request, Session session) {
    String who =
        approvals.inTheSamePlace(request, session.person()).stream()
            .map(PersonId::value)
            .collect(joining(" and "));
    return who.isEmpty()
        ? Optional.empty()
        : Optional.of("Your place is used: " + who + " approved in it");
  }

  /// {@return these with all that is asked, in their order, without what was decided meanwhile}
  List<ApprovalRequest> inFull(List<Undecided> these) {
    Map<ApprovalId, ApprovalRequest> found =
        approvals.findAll(these.stream().map(Undecided::id).toList()).stream()
            .filter(request -> request.state().undecided())
            .collect(toMap(ApprovalRequest::id, identity()));
    return these.stream().flatMap(each -> Stream.ofNullable(found.get(each.id()))).toList();
  }

  private static boolean waitsFor(Undecided each, Session session) {
    return !each.answered().contains(session.person().id())
        && each.quorum().objection(session.person()).isEmpty();
  }

  /// {@return the page on which these are decided together}
  ///
  /// @param more how many others there are
  TogetherPage together(
      List<ApprovalRequest> requests,
      int more,
      Session session,
      List<Notice> notices,
      String reason) {
    Instant now = clock.instant();
    List<TogetherPage.Item> items =
        requests.stream().map(request -> item(request, session, now)).toList();
    Optional<String> objection =
        approvals
            .objectionToTogether(requests)
            .or(
                () ->
                    items.stream().allMatch(item -> item.shown().inspectable())
                        ? Optional.empty()
                        : Optional.of("One of them cannot be inspected."));
    return new TogetherPage(Visitor.of(session), items, more, reason, objection, notices);
  }

  private TogetherPage.Item item(ApprovalRequest request, Session session, Instant now) {
    Subject.Call call = call(request);
    return new TogetherPage.Item(
        row(request, now),
        request.running().value(),
        shown(request, session),
        call.origin(),
        call.caller().workspace(),
        Words.claim(call.caller()),
        request.rule(),
        !request.singleOperator());
  }

  /// What a person had written already.
  ///
  /// @param form with which they wanted to change the arguments
  record Typed(String reason, Optional<Form> form) {}

  /// {@return the page of one request}
  DetailPage detail(ApprovalRequest request, Session session) {
    return detail(request, session, List.of(), NOTHING);
  }

  /// {@return the page of one request}
  ///
  /// @param notices what is to be said before everything else
  DetailPage detail(ApprovalRequest request, Session session, List<Notice> notices, Typed typed) {
    Instant now = clock.instant();
    Subject.Call call = call(request);
    Caller caller = call.caller();
    Shown shown = shown(request, session);
    List<Notice> all = new ArrayList<>(notices);
    standing(request, now).ifPresent(all::add);
    borrowed(request, session).ifPresent(all::add);
    usedUp(request, session, now).ifPresent(all::add);
    request.edit().map(Views::changed).ifPresent(all::add);
    return new DetailPage(
        Visitor.of(session),
        row(request, now),
        call.system(),
        call.origin(),
        shown,
        Words.reach(request.subject()),
        credential(request.subject()),
        !request.singleOperator(),
        caller.agentType(),
        caller.workspace(),
        caller.run().value(),
        Words.claim(caller),
        request.rule(),
        request.running().value(),
        request.edit().map(edit -> edit.by().value()).orElse(""),
        request.decisions().stream().map(decision -> answer(decision, now)).toList(),
        earlier(request, session, now),
        request.allowedBy().map(ApprovalId::value).orElse(""),
        approvals.allowance(request.id()).map(left -> further(left, request, session, now)),
        all,
        choice(request, shown, session, typed.reason()),
        editing(request, shown, session, typed.form()),
        longer(request, session, now),
        breakable(request, session));
  }

  /// Of a request for more there is none: it sends nothing.
  private String credential(Subject subject) {
    return subject instanceof Subject.Call call
        ? Words.credential(credentials.of(call.tool()))
        : Words.credential(Optional.empty());
  }

  private Optional<Moment> longer(ApprovalRequest request, Session session, Instant now) {
    boolean can =
        over(request).isEmpty()
            && approvals.objectionToProlonging(request, session.person().id()).isEmpty();
    return can ? Optional.of(Moment.of(approvals.prolonged(request), now)) : Optional.empty();
  }

  private boolean breakable(ApprovalRequest request, Session session) {
    return over(request).isEmpty()
        && approvals.objectionToBreaking(request, session.person().id()).isEmpty();
  }

  /// {@return how this person can change the arguments, if they can}
  Optional<Editing> editing(
      ApprovalRequest request, Shown shown, Session session, Optional<Form> form) {
    boolean can =
        request.state() == ApprovalState.PENDING
            && !over(request, clock.instant())
            && shown.inspectable()
            && approvals.objectionToEdit(request, session.person().id()).isEmpty();
    List<Editing.Field> fields = can ? EditableJson.fields(request, shown) : List.of();
    return fields.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Editing(
                form.map(typed -> EditableJson.filled(fields, typed)).orElse(fields),
                shown.arguments().size() - fields.size(),
                Words.afterEdit(request),
                form.isPresent()));
  }

  private static Notice changed(Edit edit) {
    return new Notice(
        "",
        "≠",
        "Changed by " + edit.by(),
        "What will be sent is not what the agent asked for. Below, each change stands beside what"
            + " it was. The agent is told of them.",
        false);
  }

  /// Only what this person may see: whoever confirms for one run has no business in others.
  private List<QueuePage.Row> earlier(ApprovalRequest request, Session session, Instant now) {
    return approvals.earlier(request).stream()
        .filter(other -> approvals.findFor(session.person(), other.id()).isPresent())
        .map(other -> row(other, now))
        .toList();
  }

  /// {@return what this person is shown of the request}
  Shown shown(ApprovalRequest request, Session session) {
    Subject.Call call = call(request);
    Optional<ApprovalRequest> last =
        request.edit().isPresent()
            ? Optional.empty()
            : approvals
                .lastApproved(request)
                .filter(other -> approvals.findFor(session.person(), other.id()).isPresent());
    Optional<String> before =
        request.edit().isPresent()
            ? Optional.of(request.subject().shown().argumentsJson())
            : last.map(other -> call(other).argumentsJson());
    Optional<List<Argument>> arguments =
        scrubbed.arguments(call.argumentsJson(), call.handles(), before);
    return Shown.of(
        request,
        call,
        scrubbed.pieces(call.summary()),
        arguments.orElse(List.of()),
        before.map(json -> scrubbed.gone(call.argumentsJson(), json)).orElse(List.of()),
        last.map(other -> other.id().value()).orElse(""),
        said(request),
        approvals
            .previews()
            .of(request)
            .map(preview -> scrubbed.before(preview, call.argumentsJson())),
        arguments.isPresent() && scrubbed.text(call.summary()).isPresent());
  }

  private Said said(ApprovalRequest request) {
    return new Said(
        purposes.of(request.subject().caller().run()).map(scrubbed::pieces).orElse(List.of()),
        approvals.reason(request.id()).map(scrubbed::pieces).orElse(List.of()));
  }

  private QueuePage.Row row(ApprovalRequest request, Instant now) {
    return row(request, "", now);
  }

  private QueuePage.Row row(ApprovalRequest request, String placeUsed, Instant now) {
    Subject.Call call = call(request);
    Quorum quorum = approvals.quorum(request);
    ApprovalState state = over(request, now) ? ApprovalState.EXPIRED : request.state();
    return new QueuePage.Row(
        request.id().value(),
        call.title(),
        call.tool().value(),
        scrubbed.pieces(call.summary()),
        Badge.of(call.tier()),
        Badge.of(state),
        state.name().toLowerCase(Locale.ROOT),
        state.undecided(),
        call.caller().agent().value(),
        call.caller().owner().value(),
        call.caller().delegator().map(Words::behalf).orElse(""),
        call.caller().run().value(),
        Words.kind(request),
        agreed(request) + " of " + quorum.needed() + " agreed",
        placeUsed,
        Moment.of(request.asked(), now),
        Moment.of(request.expires(), now),
        Math.max(0, Duration.between(now, request.expires()).toSeconds()),
        Math.max(1, Duration.between(request.asked(), request.expires()).toSeconds()));
  }

  private static Subject.Call call(ApprovalRequest request) {
    return request.shown();
  }

  /// Time has run out though the sweeper has not been there yet.
  private static boolean over(ApprovalRequest request, Instant now) {
    return request.state().undecided() && !request.expires().isAfter(now);
  }

  private static boolean over(Undecided each, Instant now) {
    return !each.expires().isAfter(now);
  }

  private long agreed(ApprovalRequest request) {
    if (request.state().undecided()) {
      return approvals.agreed(request);
    }
    long approved =
        request.decisions().stream()
            .filter(decision -> decision.verdict() == Verdict.APPROVE)
            .count();
    return Math.min(approved, approvals.quorum(request).needed());
  }

  private DetailPage.Answer answer(Decision decision, Instant now) {
    return new DetailPage.Answer(
        decision.person().value(),
        Words.role(decision.role())
            + decision.inPlaceOf().map(lender -> " in the place of " + lender).orElse(""),
        Badge.of(decision.verdict()),
        scrubbed.pieces(decision.reason()),
        Moment.of(decision.at(), now),
        decision.independence().wire(),
        decision.stepUp().wire());
  }

  /// {@return why nobody can decide on this any more, as a sentence; empty if somebody can}
  Optional<String> over(ApprovalRequest request) {
    return request.state().undecided() && !over(request, clock.instant())
        ? Optional.empty()
        : Optional.of("This request takes no more decisions.");
  }

  private Optional<String> objection(ApprovalRequest request, Session session) {
    Optional<String> over = over(request);
    if (over.isPresent()) {
      return over;
    }
    boolean decidedAlready =
        request.decisions().stream()
            .anyMatch(decision -> decision.person().equals(session.person().id()));
    return decidedAlready
        ? Optional.of("You have approved this already. Another reviewer has to agree as well.")
        : approvals.quorum(request).objection(session.person());
  }

  private DetailPage.Choice choice(
      ApprovalRequest request, Shown shown, Session session, String reason) {
    boolean further = shown.inspectable() && approvals.objectionToMore(request).isEmpty();
    List<String> names =
        shown.arguments().stream().flatMap(argument -> plain(argument.name())).toList();
    return objection(request, session)
        .<DetailPage.Choice>map(DetailPage.Choice.Closed::new)
        .orElseGet(
            () ->
                new DetailPage.Choice.Open(
                    reason, further, names, passkeys.signature(request, shown, session)));
  }

  /// A name that is shown as it is; any other stays as approved.
  private static Stream<String> plain(List<Piece> name) {
    return name.size() == 1 && name.getFirst() instanceof Piece.Plain(var text)
        ? Stream.of(text)
        : Stream.empty();
  }

  private DetailPage.Further further(
      AllowanceLeft left, ApprovalRequest request, Session session, Instant now) {
    boolean endable =
        approvals.objection(approvals.quorum(request), session.person().id()).isEmpty();
    return new DetailPage.Further(
        left.uses() == 1 ? "1 further call" : left.uses() + " further calls",
        left.free().isEmpty() ? "nothing" : String.join(", ", new TreeSet<>(left.free())),
        Moment.of(left.until(), now),
        endable);
  }

  private Optional<Notice> borrowed(ApprovalRequest request, Session session) {
    return approvals
        .quorum(request)
        .inPlaceOf(session.person())
        .filter(place -> !place.equals(session.person().id()) && over(request).isEmpty())
        .flatMap(
            place ->
                say(
                    "",
                    "⇄",
                    "You decide in the place of " + place,
                    "Where two must agree, you and whoever has lent it to you are one."));
  }

  private Optional<Notice> usedUp(ApprovalRequest request, Session session, Instant now) {
    boolean begun = request.state() == ApprovalState.PARTIAL && !over(request, now);
    return begun
        ? placeUsed(request, session)
            .flatMap(
                who ->
                    say(
                        "",
                        "⇄",
                        who,
                        "You and they are one, so your approval would add nothing and somebody else"
                            + " has to agree. You can still deny."))
        : Optional.empty();
  }

  private Optional<Notice> standing(ApprovalRequest request, Instant now) {
    ApprovalState state = over(request, now) ? ApprovalState.EXPIRED : request.state();
    return switch (state) {
      case PENDING -> Optional.empty();
      case PARTIAL -> partly(request);
      case APPROVED ->
          say(
              "good",
              "✓",
              "Approved",
              "The agent may make this very call once, until the request expires.");
      case CONSUMED ->
          say("good", "▸", "In use", "The agent's call is running with this approval.");
      case DONE -> done(request);
      case UNKNOWN ->
          say(
              "bad",
              "?",
              "Nobody knows whether this took effect",
              "The call was begun and its outcome is not known. Look at the target system before"
                  + " anyone repeats it.");
      case DENIED ->
          say("bad", "✕", "Denied", "The call was not made. The agent is told when it asks again.");
      case EXPIRED ->
          say("", "–", "Expired", "Time ran out. The agent may ask again, as a new request.");
      case CANCELLED ->
          say("", "–", "Cancelled", "The run ended, or a newer request took this one's place.");
      case INVALIDATED ->
          say(
              "",
              "≠",
              "No longer valid",
              "What would run is not what was asked any more, or those who agreed no longer count."
                  + " The agent may ask again, as a new request.");
    };
  }

  private Optional<Notice> partly(ApprovalRequest request) {
    return approvals.agreed(request) == 0
        ? say(
            "",
            "◐",
            "Nobody who agreed counts any more",
            "Two independent reviewers have to agree.")
        : say(
            "", "◐", "One reviewer has agreed", "A second, independent one has to agree as well.");
  }

  private Optional<Notice> done(ApprovalRequest request) {
    boolean failed = approvals.end(request.id()).filter(CallEnd.FAILED::equals).isPresent();
    return failed
        ? say(
            "bad",
            "!",
            "Approved, but it ended with an error",
            "The call was made, and did not go well. Look at "
                + call(request).system()
                + " before anyone repeats it.")
        : say("good", "✓", "Approved and done", "The call was made, and its outcome is known.");
  }

  private static Optional<Notice> say(String style, String sign, String title, String text) {
    return Optional.of(new Notice(style, sign, title, text, false));
  }
}
