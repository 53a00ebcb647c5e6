package dev.keyward.server.crash;

import dev.keyward.server.StandIn;
import dev.keyward.server.audit.Finding;
import dev.keyward.server.crash.Ledger.Answer;
import dev.keyward.server.crash.Ledger.Vote;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Holds what a broker has left on disk against what was told and what the upstream saw.
///
/// To be asked after a restart, when nothing runs: the broker has closed what it found open.
final class Aftermath {
  private static final Set<String> ENDS =
      Set.of("call.outcome", "call.unknown", "call.not_recorded");
  private static final Set<String> CARRIED_OUT =
      Set.of("ok", "upstream_error", "upstream_unusable", "outcome_unknown", "withheld");
  private static final Set<String> NOT_RECORDED = Set.of("audit_unavailable", "unauthenticated");

  private final List<String> broken = new ArrayList<>();
  private final Map<String, String> approvals = new HashMap<>(); // state by name
  private final Map<Integer, List<String>> approvalsOfJob = new HashMap<>();
  private final Map<String, List<JsonNode>> byCall = new HashMap<>();
  private final Map<String, List<JsonNode>> byApproval = new HashMap<>();
  private final Map<String, List<String>> writes = new HashMap<>(); // states by action
  private final Map<String, String> writeOfCall = new HashMap<>(); // state by call
  private final Set<Vote> votes = new HashSet<>();
  private final Set<String> people = new HashSet<>();
  private final TreeMap<String, Long> heads = new TreeMap<>(); // last number by chain

  private Aftermath() {}

  /// {@return the state of the database}
  static Aftermath read(Engine engine) throws SQLException {
    var aftermath = new Aftermath();
    try (Connection sql = engine.connect()) {
      aftermath.read(sql);
    }
    return aftermath;
  }

  /// {@return what is wrong, in words; empty if every claim holds}
  List<String> broken(Ledger ledger, Map<Integer, Job> jobs, List<StandIn.Seen> requests) {
    broken.addAll(ledger.surprises());
    ledger.answers().forEach(this::answerIsRecorded);
    ledger.votes().forEach(this::voteIsKept);
    ledger.approved().forEach(this::agreementIsKept);
    for (String name : ledger.people()) {
      claim(people.contains(name), "person " + name + " is lost");
    }
    byCall.forEach(this::callIsClosedOnce);
    writes.forEach(
        (_, states) -> claim(!states.contains("OPEN"), "a write is left open after recovery"));
    byApproval.forEach(this::approvalIsUsedOnce);
    approvals.forEach(
        (id, state) -> claim(!state.equals("CONSUMED"), id + " is left in use after recovery"));
    requestsAreAccountedFor(jobs, requests);
    return broken;
  }

  /// {@return what of `earlier` is not there any more}
  List<String> lostSince(Aftermath earlier) {
    var lost = new ArrayList<String>();
    earlier.heads.forEach(
        (chain, seq) -> {
          if (heads.getOrDefault(chain, 0L) < seq) {
            lost.add("records of " + chain + " are lost");
          }
        });
    return lost;
  }

  /// {@return what the verifier found, in words}
  static List<String> findings(Engine engine) throws java.io.IOException {
    return engine.verify().findings().stream().map(Finding::toString).toList();
  }

  long events() {
    return heads.values().stream().mapToLong(Long::longValue).sum();
  }

  /// Every answer has its records; what it says of a write is what the database says.
  private void answerIsRecorded(Answer answer) {
    if (answer.call().isEmpty() || NOT_RECORDED.contains(answer.code())) {
      return;
    }
    Set<String> types = types(byCall.getOrDefault(answer.call(), List.of()));
    if (answer.code().equals("outcome_unknown")) {
      unknownIsClosed(answer, types);
    } else if (CARRIED_OUT.contains(answer.code())) {
      claim(types.contains("call.intent"), answer + " has no intent");
      claim(types.contains("call.outcome"), answer + " has no outcome");
      claim(
          !answer.job().kind().writes() || "DONE".equals(writeOfCall.get(answer.call())),
          answer + " is not DONE on disk");
    } else {
      claim(types.contains("call.refused"), answer + " has no record");
    }
    if (answer.code().equals("pending")) {
      claim(approvals.containsKey(answer.approval()), answer + " names a lost approval");
      claim(
          types(byApproval.getOrDefault(answer.approval(), List.of())).contains("approval.created"),
          answer + " has no record of its approval");
    }
  }

  /// What could not be recorded in time may be known by now, or closed by recovery.
  private void unknownIsClosed(Answer answer, Set<String> types) {
    claim(types.contains("call.intent"), answer + " has no intent");
    claim(
        types.contains("call.outcome") || types.contains("call.unknown"),
        answer + " has no outcome and is not closed");
    claim(
        Set.of("UNKNOWN", "DONE").contains(writeOfCall.getOrDefault(answer.call(), "")),
        answer + " is not UNKNOWN on disk");
  }

  private void voteIsKept(Vote vote) {
    claim(votes.contains(vote), vote + " is lost");
    boolean recorded =
        byApproval.getOrDefault(vote.approval(), List.of()).stream()
            .map(event -> event.path("decision"))
            .anyMatch(
                decision ->
                    decision.path("person").asString("").equals(vote.person())
                        && decision.path("verdict").asString("").equals("approve")
                            == vote.approve());
    claim(recorded, vote + " has no record");
  }

  private void agreementIsKept(String approval) {
    claim(
        types(byApproval.getOrDefault(approval, List.of())).contains("approval.approved"),
        approval + " was told to be approved, and no record says so");
    claim(
        !Set.of("PENDING", "PARTIAL").contains(approvals.getOrDefault(approval, "PENDING")),
        approval + " was told to be approved, and is not any more");
  }

  private void callIsClosedOnce(String call, List<JsonNode> events) {
    List<String> ends = events.stream().map(Aftermath::type).filter(ENDS::contains).toList();
    long intents = events.stream().filter(event -> type(event).equals("call.intent")).count();
    claim(intents <= 1, call + " has " + intents + " intents");
    claim(ends.size() == intents, call + " has " + intents + " intents and the ends " + ends);
    for (JsonNode event : events) {
      if (type(event).equals("call.intent")) {
        boolean read = event.at("/permission/tier").asString("").equals("read");
        claim(
            !ends.contains(read ? "call.unknown" : "call.not_recorded"),
            call + " was closed as if it were of another tier");
      }
    }
  }

  private void approvalIsUsedOnce(String approval, List<JsonNode> events) {
    long uses = count(events, "approval.consumed");
    long back = count(events, "approval.given_back");
    claim(uses - back <= 1, approval + " was used " + uses + " times");
  }

  /// No request without its durable write, none sent twice, none without people's agreement.
  private void requestsAreAccountedFor(Map<Integer, Job> jobs, List<StandIn.Seen> requests) {
    Map<Job, Integer> sent = new HashMap<>();
    Map<String, Integer> byKey = new HashMap<>();
    Map<String, Job> jobOfKey = new HashMap<>();
    for (StandIn.Seen request : requests) {
      int number = Job.numberIn(request.path() + request.body()).orElseThrow();
      Job job = jobs.get(number);
      if (job != null && job.kind().writes()) {
        sent.merge(job, 1, Integer::sum);
        byKey.merge(request.idempotency().orElse(""), 1, Integer::sum);
        jobOfKey.put(request.idempotency().orElse(""), job);
      }
    }
    sent.forEach(this::sentNoMoreThanBegun);
    byKey.forEach(
        (key, times) -> {
          Job job = Objects.requireNonNull(jobOfKey.get(key));
          claim(!key.isEmpty(), job + " was sent without an idempotency key");
          claim(times == 1 || job.repeats(), job + ": one idempotency key was sent " + times + "×");
        });
  }

  private void sentNoMoreThanBegun(Job job, int times) {
    List<String> states = writes.getOrDefault(job.action(), List.of());
    long begun = states.stream().filter(state -> !state.equals("NOT_SENT")).count();
    claim(times <= begun, job + " was sent " + times + "×, and on disk are " + states);
    claim(times == 1 || job.repeats(), job + " was sent " + times + "×");
    if (job.kind().asksPeople()) {
      long used =
          approvalsOfJob.getOrDefault(job.number(), List.of()).stream()
              .mapToLong(id -> count(byApproval.getOrDefault(id, List.of()), "approval.consumed"))
              .sum();
      claim(times <= used, job + " was sent " + times + "×, and people agreed to " + used);
    }
  }

  private void claim(boolean holds, String otherwise) {
    if (!holds) {
      broken.add(otherwise);
    }
  }

  private void read(Connection sql) throws SQLException {
    rows(
        sql,
        "SELECT id, state, arguments FROM approvals",
        row -> {
          String id = row.getString(1);
          approvals.put(id, row.getString(2));
          Job.numberIn(row.getString(3))
              .ifPresent(
                  job -> approvalsOfJob.computeIfAbsent(job, _ -> new ArrayList<>()).add(id));
        });
    rows(
        sql,
        "SELECT approval, person, verdict FROM approval_decisions",
        row ->
            votes.add(
                new Vote(row.getString(1), row.getString(2), row.getString(3).equals("APPROVE"))));
    rows(
        sql,
        "SELECT call, action, state FROM writes",
        row -> {
          writeOfCall.put(row.getString(1), row.getString(3));
          writes.computeIfAbsent(row.getString(2), _ -> new ArrayList<>()).add(row.getString(3));
        });
    rows(sql, "SELECT id FROM person", row -> people.add(row.getString(1)));
    rows(sql, "SELECT chain, seq, body FROM audit_events ORDER BY chain, seq", this::event);
  }

  private void event(ResultSet row) throws SQLException {
    heads.put(row.getString(1), row.getLong(2));
    JsonNode event = JsonMapper.shared().readTree(row.getString(3));
    String type = type(event);
    if (type.startsWith("call.")) {
      byCall.computeIfAbsent(event.path("call").asString(""), _ -> new ArrayList<>()).add(event);
    } else if (type.startsWith("approval.")) {
      byApproval
          .computeIfAbsent(event.at("/approval/id").asString(""), _ -> new ArrayList<>())
          .add(event);
    }
  }

  private static String type(JsonNode event) {
    return event.path("type").asString("");
  }

  private static Set<String> types(List<JsonNode> events) {
    var types = new HashSet<String>();
    events.forEach(event -> types.add(type(event)));
    return types;
  }

  private static long count(List<JsonNode> events, String type) {
    return events.stream().filter(event -> type(event).equals(type)).count();
  }

  /// Is shown rows one by one.
  private interface Rows {
    void row(ResultSet row) throws SQLException;
  }

  private static void rows(Connection sql, String query, Rows rows) throws SQLException {
    try (var statement = sql.createStatement();
        var found = statement.executeQuery(query)) {
      while (found.next()) {
        rows.row(found);
      }
    }
  }
}
