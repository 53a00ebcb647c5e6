package dev.keyward.approvals.web;

import dev.keyward.approvals.Effect;
import dev.keyward.approvals.Independence;
import dev.keyward.approvals.Person;
import dev.keyward.approvals.Quorum;
import dev.keyward.approvals.SettleResult;
import dev.keyward.approvals.Settlement;
import dev.keyward.approvals.UnknownWrite;
import dev.keyward.approvals.UnknownWrites;
import dev.keyward.call.ApprovalKind;
import dev.keyward.call.CallId;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/// Unknown writes in memory; the rules are the real ones.
final class FakeUnknownWrites implements UnknownWrites {
  private final Map<CallId, UnknownWrite> writes = new LinkedHashMap<>();
  private final InstantSource clock;

  FakeUnknownWrites(InstantSource clock) {
    this.clock = clock;
  }

  void add(UnknownWrite write) {
    writes.put(write.call(), write);
  }

  @Override
  public List<UnknownWrite> waiting(Predicate<? super UnknownWrite> wanted, int limit) {
    return writes.values().stream()
        .filter(write -> write.settlement().isEmpty())
        .filter(wanted)
        .limit(limit)
        .toList();
  }

  @Override
  public Optional<UnknownWrite> find(CallId call) {
    return Optional.ofNullable(writes.get(call));
  }

  @Override
  public Quorum quorum(UnknownWrite write) {
    return new Quorum(
        ApprovalKind.REVIEW, write.caller(), write.tool(), write.system(), false, Optional.empty());
  }

  @Override
  public SettleResult settle(CallId call, Person person, Effect effect, String note) {
    UnknownWrite write = writes.get(call);
    if (write == null) {
      return new SettleResult.Unknown();
    }
    Optional<String> objection = quorum(write).objection(person);
    if (objection.isPresent()) {
      return new SettleResult.NotAllowed(objection.get());
    }
    if (write.settlement().isPresent()) {
      return new SettleResult.AlreadySettled(write);
    }
    var settlement =
        new Settlement(person.id(), effect, note, clock.instant(), Independence.INDEPENDENT);
    UnknownWrite now =
        new UnknownWrite(
            write.call(),
            write.caller(),
            write.tool(),
            write.title(),
            write.tier(),
            write.system(),
            write.origin(),
            write.argumentsJson(),
            write.begun(),
            write.lost(),
            write.approval(),
            Optional.of(settlement));
    writes.put(call, now);
    return new SettleResult.Recorded(now);
  }
}
