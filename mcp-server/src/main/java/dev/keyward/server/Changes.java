package dev.keyward.server;

import dev.keyward.approvals.ApprovalEvent;
import dev.keyward.approvals.Person;
import dev.keyward.approvals.web.PersonChange;
import dev.keyward.catalog.CredentialRef;
import dev.keyward.catalog.ToolCall;
import dev.keyward.server.audit.Actor;
import dev.keyward.server.audit.AuditEvent;
import dev.keyward.server.audit.AuditLog;
import dev.keyward.server.audit.CredentialUsed;
import dev.keyward.server.audit.RunFacts;
import dev.keyward.server.credential.MintFacts;
import dev.keyward.server.credential.Minted;
import dev.keyward.server.credential.connection.ConnectionChange;
import dev.keyward.server.credential.lease.LeaseChange;
import dev.keyward.server.handle.HandleChange;
import dev.keyward.server.identity.AgentChange;
import dev.keyward.server.run.JobRun;
import dev.keyward.server.run.RunChange;
import dev.keyward.server.stop.By;
import dev.keyward.server.stop.StopChange;
import dev.keyward.server.unusual.Finding;
import dev.keyward.store.Tx;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Records what happens to agents, people, runs and approvals, in the transaction in which it
/// happens.
final class Changes {
  private final AuditLog audit;

  Changes(AuditLog audit) {
    this.audit = audit;
  }

  void agent(Tx tx, AgentChange change) {
    Actor by = new Actor.Operator();
    audit.append(
        tx,
        switch (change) {
          case AgentChange.Added(var agent, var expires) ->
              new AuditEvent.AgentAdded(
                  agent.id(),
                  agent.type(),
                  agent.workspace(),
                  agent.owner(),
                  agent.tools().written(),
                  expires,
                  by);
          case AgentChange.Rotated(var agent, var expires) ->
              new AuditEvent.AgentRotated(agent, Optional.of(expires), by);
          case AgentChange.ToolsChanged(var agent, var tools) ->
              new AuditEvent.AgentTools(agent, tools.written(), by);
          case AgentChange.Revoked(var agent) -> new AuditEvent.AgentRevoked(agent, by);
        });
  }

  void approval(Tx tx, ApprovalEvent event) {
    audit.append(tx, new AuditEvent.ApprovalChanged(event));
  }

  void person(Tx tx, PersonChange change) {
    Actor by = new Actor.Operator();
    audit.append(
        tx,
        switch (change) {
          case PersonChange.Added(var person) ->
              new AuditEvent.PersonAdded(person.id(), words(person), by);
          case PersonChange.Removed(var person) -> new AuditEvent.PersonRemoved(person, by);
          case PersonChange.LinkMade(var person) -> new AuditEvent.PersonLink(person, by);
          case PersonChange.SignedIn(var person) -> new AuditEvent.SignedIn(person, "link");
          case PersonChange.Bound(var person, var issuer, var subject) ->
              new AuditEvent.PersonBound(person, issuer, subject);
          case PersonChange.RolesChanged(var person) ->
              new AuditEvent.PersonRoles(person.id(), words(person));
          case PersonChange.SignedInOutside(var person) ->
              new AuditEvent.SignedIn(person, "openid");
          case PersonChange.SignedInWithPasskey(var person) ->
              new AuditEvent.SignedIn(person, "passkey");
          case PersonChange.PasskeyNotLetIn() -> new AuditEvent.SignInRefused("passkey_not_let_in");
          case PersonChange.PlaceLent(var loan, var byOperator, var insteadOf) ->
              new AuditEvent.PlaceLent(
                  loan.lender(),
                  loan.borrower(),
                  loan.until(),
                  insteadOf,
                  byOperator ? by : new Actor.Person(loan.lender()));
          case PersonChange.PlaceTakenBack(var lender, var borrower, var ended) ->
              new AuditEvent.PlaceTakenBack(
                  lender, borrower, ended.<Actor>map(Actor.Person::new).orElse(by));
          case PersonChange.SignedInAtTerminal(var person) ->
              new AuditEvent.SignedIn(person, "terminal");
          case PersonChange.TerminalUnknown _ -> new AuditEvent.SignInRefused("terminal_unknown");
          case PersonChange.OutsiderRefused() -> new AuditEvent.SignInRefused("openid_not_let_in");
          case PersonChange.PasskeyMade(var person, var passkey) ->
              new AuditEvent.PasskeyMade(person, passkey);
          case PersonChange.PasskeyForgotten(var person) ->
              new AuditEvent.PasskeyForgotten(person, by);
          case PersonChange.SignedOut(var person) -> new AuditEvent.SignedOut(person, "asked");
          case PersonChange.SessionsEnded(var person, var byOperator) ->
              new AuditEvent.SignedOut(person, byOperator ? "operator" : "elsewhere");
          case PersonChange.Scoped(var person) ->
              new AuditEvent.PersonScoped(person.id(), person.scope(), by);
          case PersonChange.AddressSet(var person, var known) ->
              new AuditEvent.PersonAddress(person, known, by);
          case PersonChange.SignInRefused() -> new AuditEvent.SignInRefused("link_over");
        });
  }

  private static List<String> words(Person person) {
    return person.roles().stream()
        .map(role -> role.name().toLowerCase(Locale.ROOT))
        .sorted()
        .toList();
  }

  void run(Tx tx, RunChange change) {
    audit.append(
        tx,
        switch (change) {
          case RunChange.Opened(var run, var agent, var expires) ->
              new AuditEvent.RunOpened(run, agent, Optional.empty(), expires, Optional.empty());
          case RunChange.JobOpened(var job) ->
              new AuditEvent.RunOpened(
                  job.id(), job.agent(), job.delegator(), job.expires(), Optional.of(facts(job)));
          case RunChange.Widened(var job, RunChange.Reason.OfPeople(var approval)) ->
              new AuditEvent.RunWidened(
                  job.id(),
                  job.agent(),
                  Optional.of(approval),
                  Optional.empty(),
                  job.grantsDigest());
          case RunChange.Widened(var job, RunChange.Reason.OfRule(var rule)) ->
              new AuditEvent.RunWidened(
                  job.id(), job.agent(), Optional.empty(), Optional.of(rule), job.grantsDigest());
          case RunChange.Ended(var run, var agent, var why) ->
              new AuditEvent.RunEnded(run, agent, why);
        });
  }

  void lease(Tx tx, LeaseChange change) {
    audit.append(
        tx,
        switch (change) {
          case LeaseChange.Made(var of, var minted) ->
              new AuditEvent.LeaseMade(of.lease(), of.run(), of.agent(), used(of, minted));
          case LeaseChange.NotYetRevoked(var of, var why) ->
              new AuditEvent.LeaseNotRevoked(of.lease(), of.run(), of.agent(), of.reference(), why);
          case LeaseChange.Ended(var of, var why, var revocation, var attempts, var fingerprint) ->
              new AuditEvent.LeaseEnded(
                  of.lease(),
                  of.run(),
                  of.agent(),
                  of.reference(),
                  why,
                  revocation,
                  attempts,
                  fingerprint);
        });
  }

  void connection(Tx tx, ConnectionChange change) {
    var reference = new CredentialRef(CredentialRef.MINT, change.name(), "");
    audit.append(
        tx,
        switch (change) {
          case ConnectionChange.Made(var _, var scope, var by) ->
              new AuditEvent.AccountConnected(
                  reference,
                  scope,
                  by.<Actor>map(Actor.Person::new).orElseGet(Actor.Operator::new));
          case ConnectionChange.Lost _ -> new AuditEvent.AccountLost(reference);
          case ConnectionChange.Removed(var _, var revocation) ->
              new AuditEvent.AccountRemoved(reference, revocation, new Actor.Operator());
        });
  }

  private static CredentialUsed used(LeaseChange.Of of, Minted minted) {
    MintFacts facts = minted.facts();
    return new CredentialUsed(
        of.reference(),
        minted.version(),
        false,
        Optional.of(Duration.between(minted.made(), minted.expires())),
        Optional.of(
            new CredentialUsed.Minted(
                facts.kind(), facts.asked(), facts.got(), facts.fingerprint(), facts.subject())));
  }

  void stop(Tx tx, StopChange change) {
    audit.append(
        tx,
        switch (change) {
          case StopChange.Ordered(var scope, var why, var by) ->
              new AuditEvent.StopOrdered(scope.kind(), scope.name(), why, actor(by));
          case StopChange.Lifted(var scope, var by) ->
              new AuditEvent.StopLifted(scope.kind(), scope.name(), actor(by));
        });
  }

  private static Actor actor(By by) {
    return switch (by) {
      case By.Operator() -> new Actor.Operator();
      case By.Person(var id) -> new Actor.Person(id);
      case By.Broker() -> new Actor.Broker();
    };
  }

  void unusual(Tx tx, ToolCall call, Finding finding) {
    audit.append(
        tx,
        new AuditEvent.UnusualFound(
            call.id(),
            call.caller().run(),
            call.caller().agent(),
            call.tool().name(),
            finding.detector().wire(),
            finding.seen(),
            finding.usual(),
            finding.reaction().wire()));
  }

  private static RunFacts facts(JobRun job) {
    return new RunFacts(
        job.parent(),
        job.opener(),
        job.purpose(),
        job.workflow(),
        job.mode().wire(),
        job.grants().size(),
        job.grantsDigest());
  }

  void handle(Tx tx, HandleChange change) {
    audit.append(
        tx,
        switch (change) {
          case HandleChange.Given(var call, var run, var agent, var tool, var handle) ->
              new AuditEvent.HandleGiven(call, run, agent, tool, handle.text());
          case HandleChange.Used(var call, var run, var agent, var tool, var handle) ->
              new AuditEvent.HandleUsed(call, run, agent, tool, handle.text());
        });
  }
}
