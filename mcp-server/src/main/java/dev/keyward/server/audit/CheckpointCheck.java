package dev.keyward.server.audit;

import dev.keyward.server.audit.Finding.Fault;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/// Checks the checkpoint file against itself, and hands on what its good checkpoints say about
/// chains. Shown the entries from the first.
final class CheckpointCheck implements CheckpointFile.Reader {
  private final List<VerifierKey> keys;
  private final long upTo;
  private final Consumer<Claim> claims;
  private final List<Finding> findings = new ArrayList<>();
  private final TreeMap<String, ChainHead> heads = new TreeMap<>();
  private final Set<String> names = new HashSet<>();
  private Optional<CheckpointName> before = Optional.empty();
  private Optional<Instant> lastAt = Optional.empty();
  private boolean trusted = true; // whether the entry before was in order
  private long good;

  /// What a checkpoint says: at that time this record was there.
  record Claim(ChainHead head, Instant at) {}

  /// @param keys any of which may have signed; none: signatures are not checked
  /// @param upTo entries that end beyond this byte are newer than the database's snapshot; only
  ///   their names count
  /// @param claims is shown what is said about chains, in the order of the file
  CheckpointCheck(List<VerifierKey> keys, long upTo, Consumer<Claim> claims) {
    this.keys = List.copyOf(keys);
    this.upTo = upTo;
    this.claims = claims;
  }

  @Override
  public void entry(CheckpointFile.Entry entry) {
    if (entry.note().isEmpty()) {
      found(Fault.CHECKPOINT_EDITED, entry.number(), "has not the shape of a signed note");
      trusted = false;
      return;
    }
    SignedNote note = entry.note().get();
    Optional<Fault> wrong = signature(note);
    if (wrong.isPresent()) {
      found(wrong.get(), entry.number(), said(wrong.get()));
    }
    names.add(note.name().value());
    if (entry.end() <= upTo) {
      content(entry.number(), note, wrong.isEmpty());
    }
    before = Optional.of(note.name());
    trusted = wrong.isEmpty();
  }

  List<Finding> findings() {
    return findings;
  }

  /// {@return how many had a good signature, or the right shape where there is no key to tell}
  long good() {
    return good;
  }

  Optional<Instant> lastAt() {
    return lastAt;
  }

  /// {@return up to where the file has seen each chain}
  Collection<ChainHead> heads() {
    return heads.values();
  }

  boolean has(String name) {
    return names.contains(name);
  }

  private Optional<Fault> signature(SignedNote note) {
    if (keys.isEmpty() || keys.stream().anyMatch(note::signedBy)) {
      return Optional.empty();
    }
    boolean claimed = keys.stream().anyMatch(note::claims);
    return Optional.of(claimed ? Fault.CHECKPOINT_EDITED : Fault.WRONG_KEY);
  }

  private static String said(Fault fault) {
    return fault == Fault.WRONG_KEY
        ? "is not signed by the key given"
        : "has a signature that does not fit its text";
  }

  private void content(long number, SignedNote note, boolean signed) {
    try {
      Checkpoint checkpoint = Checkpoint.parse(note.text());
      follows(number, checkpoint);
      take(number, checkpoint, signed);
    } catch (IllegalArgumentException e) {
      if (signed) {
        found(Fault.CHECKPOINT_EDITED, number, "has not the shape of a checkpoint");
      }
    }
  }

  /// One finding for each break: what follows on an edited entry cannot fit it.
  private void follows(long number, Checkpoint checkpoint) {
    if (!trusted || checkpoint.previous().equals(before)) {
      return;
    }
    boolean known = checkpoint.previous().map(CheckpointName::value).filter(this::has).isPresent();
    if (known || (number > 1 && checkpoint.previous().isEmpty())) {
      found(Fault.FORKED, number, "does not follow on the one before it but on an older state");
    } else {
      found(Fault.CHECKPOINT_MISSING, number, "follows on one that is not there");
    }
    trusted = false;
  }

  private void take(long number, Checkpoint checkpoint, boolean signed) {
    for (ChainHead head : checkpoint.moved()) {
      ChainHead known = heads.put(head.chain(), head);
      if (known != null && known.seq() >= head.seq() && signed) {
        found(Fault.FORKED, number, "says of " + head.chain() + " less than one before it");
      }
      if (signed) {
        claims.accept(new Claim(head, checkpoint.at()));
      }
    }
    if (!signed) {
      return;
    }
    good++;
    lastAt = Optional.of(checkpoint.at());
    boolean whole =
        checkpoint.size() == heads.size()
            && checkpoint.root().equals(Checkpoint.root(List.copyOf(heads.values())));
    if (!whole && findings.isEmpty()) {
      found(Fault.CHECKPOINT_EDITED, number, "has a root that does not fit the heads listed");
    }
  }

  private void found(Fault fault, long number, String what) {
    findings.add(
        new Finding.InCheckpoints(fault, number, "Checkpoint " + number + " " + what + "."));
  }
}
