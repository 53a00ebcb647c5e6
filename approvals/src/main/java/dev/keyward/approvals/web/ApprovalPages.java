package dev.keyward.approvals.web;

import dev.keyward.approvals.Approvals;
import dev.keyward.approvals.Edits;
import dev.keyward.approvals.UnknownWrites;
import dev.keyward.approvals.passkey.PasskeySite;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServlet;
import java.net.URI;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/// The pages for people, ready to be mounted at the root of the people's listener.
///
/// [#guard] belongs in front of every path, `/*`; the servlets check nothing that it checks. They
/// block on the database, so they want threads that may block. Thread-safe.
public final class ApprovalPages {
  private final Filter guard;
  private final List<Mount> mounts;
  private final QueueChanges changes;

  /// One servlet and its place.
  ///
  /// @param path a servlet mapping, for example `/approvals/*`; `/` is all that no other one has
  public record Mount(String path, HttpServlet servlet) {}

  /// Joins the pages; serves nothing yet.
  ///
  /// @param origin the people's listener exactly as browsers reach it, scheme, host and port, for
  ///   example `https://approve.example`; every other host and every form from elsewhere is refused
  /// @param edits says whether a call could run with other arguments
  /// @param scrub takes secrets out of a text that is to be shown, and throws where it is not sure;
  ///   thread-safe
  /// @param scrubHeld does the same to a whole page, and goes by nothing but what the broker holds
  /// @param outside who else signs people in, where somebody does
  /// @param random what sign-in attempts are made of; unguessable in earnest
  public ApprovalPages(
      URI origin,
      Approvals approvals,
      Edits edits,
      UnknownWrites unknownWrites,
      RunStop runStop,
      SqlPeople people,
      UnaryOperator<String> scrub,
      UnaryOperator<String> scrubHeld,
      StopSwitch stops,
      AuditTrail trail,
      ConnectedAccounts accounts,
      ToolCredentials credentials,
      RunPurposes purposes,
      InstantSource clock,
      Optional<OutsideSignIn> outside,
      RandomGenerator random) {
    var search = new LastSearch(scrubHeld);
    var site = new PasskeySite(origin);
    var pages = new Pages(outside.map(OutsideSignIn::label), site.usable(), search);
    var sessions = new Sessions(people, origin);
    var scrubbed = new Scrubbed(scrub);
    var unknownViews = new UnknownViews(unknownWrites, scrubbed, clock);
    var reviewViews = new ReviewViews(approvals, scrubbed, clock);
    this.changes = new QueueChanges(clock);
    approvals.onChange(changes::add);
    var passkeys = new Passkeys(site, approvals, people);
    var views =
        new Views(
            approvals,
            unknownViews,
            reviewViews,
            passkeys,
            changes,
            credentials,
            purposes,
            scrubbed,
            clock);
    var desk = new DecisionDesk(approvals, views, runStop);
    var terminals = new Terminals(people);
    var answers = new TerminalAnswers(search);
    this.guard = new Guard(pages, origin);
    List<Mount> all = new ArrayList<>();
    outside.ifPresent(
        there ->
            all.add(
                new Mount(
                    "/sign-in/openid/*",
                    new OutsideSignInServlet(
                        there, new SignInAttempts(origin, random), people, sessions, pages))));
    if (site.usable()) {
      var attempts = people.passkeyAttempts();
      all.add(
          new Mount(
              PasskeySignInServlet.PATH + "/*",
              new PasskeySignInServlet(origin, passkeys, attempts, sessions, pages)));
    }
    all.addAll(
        List.of(
            new Mount("/", new HomeServlet(pages)),
            new Mount("/sign-in/*", new SignInServlet(people, sessions, pages)),
            new Mount("/sign-out", new SignOutServlet(sessions, pages)),
            new Mount(
                "/approvals/*",
                new ApprovalsServlet(
                    approvals, edits, sessions, views, passkeys, scrubbed, pages, desk)),
            new Mount(
                TogetherServlet.PATH,
                new TogetherServlet(approvals, sessions, views, scrubbed, pages, desk)),
            new Mount(
                "/unknown/*",
                new UnknownServlet(unknownWrites, sessions, unknownViews, scrubbed, pages)),
            new Mount(
                BreakGlassServlet.PATH + "/*",
                new BreakGlassServlet(approvals, sessions, views, passkeys, scrubbed, pages)),
            new Mount(
                LendingServlet.PATH,
                new LendingServlet(people.loans(), approvals, passkeys, sessions, pages, clock)),
            new Mount(
                ReviewsServlet.PATH,
                new ReviewsServlet(approvals, sessions, reviewViews, scrubbed, pages)),
            new Mount(PasskeyServlet.PATH, new PasskeyServlet(sessions, passkeys, pages)),
            new Mount("/live", new LiveServlet(sessions, pages, changes)),
            new Mount(NewsServlet.PATH, new NewsServlet(sessions, views, pages, answers)),
            new Mount("/stop", new StopServlet(stops, sessions, scrubbed, pages, clock)),
            new Mount(
                "/accounts/*", new AccountsServlet(accounts, sessions, scrubbed, pages, clock)),
            new Mount("/sessions", new SessionsServlet(people, sessions, scrubbed, pages, clock)),
            new Mount(
                TerminalPageServlet.PATH,
                new TerminalPageServlet(people.terminals(), sessions, scrubbed, pages, clock)),
            new Mount(
                Guard.OF_TERMINALS + "/*", new TerminalSignInServlet(people, answers, origin)),
            new Mount(
                TerminalServlet.PATH + "/*",
                new TerminalServlet(approvals, terminals, views, desk, scrubbed, answers, origin)),
            new Mount(Guard.OF_TERMINALS + "/live", new LiveServlet(terminals, pages, changes)),
            new Mount("/audit", new AuditServlet(trail, sessions, scrubbed, pages, clock)),
            new Mount("/habits", new HabitsServlet(approvals, sessions, pages, clock)),
            new Mount("/static/*", new StaticServlet(pages))));
    this.mounts = List.copyOf(all);
  }

  /// {@return what stands in front of every path}
  public Filter guard() {
    return guard;
  }

  /// {@return every servlet and its place}
  public List<Mount> mounts() {
    return mounts;
  }

  /// Ends what goes on for as long as a page is open, so that a server need not wait for it.
  public void endStreams() {
    changes.end();
  }
}
