package dev.keyward.server.run;

import dev.keyward.call.CallId;
import dev.keyward.call.GrantPart;
import dev.keyward.call.Refusal;
import dev.keyward.call.RunId;
import dev.keyward.catalog.ToolCall;
import dev.keyward.store.Tx;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Counts calls and sums against grants, one call after another across all brokers.
///
/// What a call takes is taken in the transaction of its intent, so calls under way count; only a
/// call that is proven not to have been sent gives it back.
public final class GrantUses {
  private GrantUses() {}

  /// What a call takes of one grant.
  private record Share(String grant, BigDecimal amount) {}

  /// What a call would take, or why it cannot.
  public static final class Taking {
    private final String root;
    private final List<Share> shares;
    private final @Nullable Refusal refusal;

    private Taking(String root, List<Share> shares, @Nullable Refusal refusal) {
      this.root = root;
      this.shares = shares;
      this.refusal = refusal;
    }

    static Taking nothing() {
      return new Taking("", List.of(), null);
    }

    static Taking refused(Refusal refusal) {
      return new Taking("", List.of(), refusal);
    }

    /// {@return why the call may not run}
    public Optional<Refusal> refusal() {
      return Optional.ofNullable(refusal);
    }

    /// {@return whether the call takes something}
    public boolean some() {
      return !shares.isEmpty();
    }
  }

  /// {@return what `call` takes of the first grant with room of each run in the chain; nobody else
  /// takes of them until the end of the unit}
  static Taking plan(Tx tx, RunChain chain, ToolCall call, Instant now) {
    if (chain.counts()) {
      tx.lock(lock(chain.root().value()));
    }
    List<Share> shares = new ArrayList<>();
    for (RunChain.Link link : chain.links()) {
      if (!JobRunRows.isOpen(tx, link.run().id())) {
        return Taking.refused(new Refusal.Unauthenticated());
      }
      Room room = room(tx, link, call, now);
      if (room.fault != null) {
        return Taking.refused(new Refusal.OutsideGrants(room.fault));
      }
      Optional.ofNullable(room.share).ifPresent(shares::add);
    }
    return new Taking(chain.root().value(), shares, null);
  }

  /// What one run, or one grant, has for a call: nothing, and why, or room, counted or not.
  private record Room(@Nullable GrantPart fault, @Nullable Share share) {
    private static final Room FREE = new Room(null, null);
  }

  private static Room room(Tx tx, RunChain.Link link, ToolCall call, Instant now) {
    if (link.run().grants().isEmpty()) {
      return Room.FREE;
    }
    Room last = new Room(GrantPart.WINDOW, null); // it has just been covered by one of them
    for (HeldGrant held : link.covering(call, now)) {
      last = held.grant().counts() ? room(tx, held, call) : Room.FREE;
      if (last.fault == null) {
        return last;
      }
    }
    return last;
  }

  private static Room room(Tx tx, HeldGrant held, ToolCall call) {
    Grant grant = held.grant();
    Used used = used(tx, held.id());
    if (grant.calls().filter(most -> used.calls >= most).isPresent()) {
      return new Room(GrantPart.CALLS, null);
    }
    BigDecimal amount =
        grant.budget().flatMap(b -> b.share(call.arguments())).orElse(BigDecimal.ZERO);
    BigDecimal sum = used.spent.add(amount);
    return grant.budget().filter(b -> sum.compareTo(b.atMost()) > 0).isPresent()
        ? new Room(GrantPart.BUDGET, null)
        : new Room(null, new Share(held.id(), amount));
  }

  /// Takes what was planned in the same unit.
  static void take(Tx tx, CallId call, Taking taking) {
    for (Share share : taking.shares) {
      add(tx, share.grant, 1, share.amount);
      tx.update(
          "INSERT INTO grant_uses (call, grant_id, root, amount) VALUES (?, ?, ?, ?)",
          call.value(),
          share.grant,
          taking.root,
          share.amount.toPlainString());
    }
  }

  /// Ends what a call holds.
  ///
  /// @param sent whether anything may have been sent; if not, what it took is given back
  static void end(Tx tx, CallId call, boolean sent) {
    if (!sent) {
      root(tx, call).ifPresent(root -> tx.lock(lock(root)));
      held(tx, call).forEach(share -> add(tx, share.grant, -1, share.amount.negate()));
    }
    tx.update("DELETE FROM grant_uses WHERE call = ?", call.value());
  }

  /// Forgets what calls that never ended hold of the grants of a run; it stays used.
  static void forget(Tx tx, RunId run) {
    tx.update(
        "DELETE FROM grant_uses WHERE grant_id IN (SELECT id FROM run_grants WHERE run = ?)",
        run.value());
  }

  private static String lock(String root) {
    return "grants of " + root;
  }

  private static Optional<String> root(Tx tx, CallId call) {
    return tx.sql()
        .createQuery("SELECT root FROM grant_uses WHERE call = :call")
        .bind("call", call.value())
        .mapTo(String.class)
        .findFirst();
  }

  private static List<Share> held(Tx tx, CallId call) {
    return tx.sql()
        .createQuery("SELECT grant_id, amount FROM grant_uses WHERE call = :call")
        .bind("call", call.value())
        .map((row, _) -> new Share(row.getString(1), new BigDecimal(row.getString(2))))
        .list();
  }

  private static void add(Tx tx, String grant, int calls, BigDecimal amount) {
    BigDecimal spent = used(tx, grant).spent.add(amount);
    tx.update(
        "UPDATE run_grants SET calls = calls + ?, spent = ? WHERE id = ?",
        calls,
        spent.toPlainString(),
        grant);
  }

  /// What has been used of a grant.
  record Used(long calls, BigDecimal spent) {}

  static Used used(Tx tx, String grant) {
    return tx.sql()
        .createQuery("SELECT calls, spent FROM run_grants WHERE id = :id")
        .bind("id", grant)
        .map((row, _) -> new Used(row.getLong(1), new BigDecimal(row.getString(2))))
        .one();
  }
}
