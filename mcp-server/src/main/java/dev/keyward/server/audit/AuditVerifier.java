package dev.keyward.server.audit;

import dev.keyward.server.audit.Finding.Fault;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Checks a database against itself and against its checkpoints, offline: it needs neither the
/// broker nor any of its secrets, changes nothing, and may run beside a broker.
///
/// What it proves: every record up to a chain's last checkpoint is as it was when it was signed,
/// and none is missing. What it cannot know stands in [Verification#limits].
public final class AuditVerifier {
  private final AuditHash hashes = new AuditHash();
  private final Map<String, ChainCheck> checks = new LinkedHashMap<>();
  private final Map<String, List<Finding>> broken = new HashMap<>(); // by chain
  private final Map<String, Finding> claimed = new HashMap<>(); // first broken claim by chain

  private AuditVerifier() {}

  /// Checks a SQLite file as [#verify(RecordSource, List, List)] does, with at most one checkpoint
  /// file and key.
  public static Verification verify(
      Path database, Optional<Path> checkpoints, Optional<VerifierKey> key) throws IOException {
    return verify(
        new RecordSource.InFile(database), checkpoints.stream().toList(), key.stream().toList());
  }

  /// Checks the record.
  ///
  /// @param checkpoints the checkpoint files, best copies that the brokers' machines cannot change:
  ///   each broker over a database has its own; given but not there, that is a finding
  /// @param keys the public keys of those brokers, best noted when they were made; a checkpoint may
  ///   be signed by any of them
  /// @throws IOException if something cannot be read, or is no database with an audit record
  public static Verification verify(
      RecordSource database, List<Path> checkpoints, List<VerifierKey> keys) throws IOException {
    List<Upto> files = new ArrayList<>();
    for (Path path : checkpoints) {
      var file = new CheckpointFile(path);
      // Taken before the snapshot, so that no checkpoint can name what the snapshot has not.
      files.add(new Upto(file, file.length()));
    }
    try (var stored = StoredChains.open(database)) {
      return new AuditVerifier().run(stored, files, keys);
    } catch (SQLException e) {
      throw new IOException("the database cannot be read to its end", e);
    }
  }

  /// A checkpoint file as far as it was written at some moment.
  private record Upto(CheckpointFile file, long bytes) {}

  private Verification run(StoredChains stored, List<Upto> files, List<VerifierKey> keys)
      throws SQLException, IOException {
    Map<String, String> replicas = stored.chains();
    stored.read(row -> checkOf(row.chain()).row(row));
    checks.values().forEach(check -> broken.put(check.chain(), check.finish()));
    checkNames(replicas);
    checkStarts(stored, replicas);
    checkPasskeys();

    List<CheckpointCheck.Claim> claims = new ArrayList<>();
    List<CheckpointCheck> read = new ArrayList<>();
    List<Finding> inFiles = new ArrayList<>();
    boolean torn = false;
    for (Upto upto : files) {
      var notes = new CheckpointCheck(keys, upto.bytes, claims::add);
      torn |= upto.file.read(notes) < upto.bytes;
      List<Finding> inFile = new ArrayList<>(notes.findings());
      noCheckpoint(upto.file, notes, inFile);
      inFiles.addAll(inFile);
      read.add(notes);
    }
    for (CheckpointCheck.Claim claim : claims) {
      checkClaim(stored, claim.head(), "a checkpoint of " + AuditJson.time(claim.at()));
    }
    missingCheckpoints(read, keys, inFiles);

    long unsigned = unsigned(read);
    long good = read.stream().mapToLong(CheckpointCheck::good).sum();
    return new Verification(
        findings(replicas, inFiles),
        limits(good > 0, !keys.isEmpty(), torn, unsigned, otherKeys(keys)),
        checks.values().stream().mapToLong(ChainCheck::records).sum(),
        checks.size(),
        good,
        read.stream().flatMap(notes -> notes.lastAt().stream()).max(Comparator.naturalOrder()),
        unsigned);
  }

  private ChainCheck checkOf(String chain) {
    return checks.computeIfAbsent(chain, name -> new ChainCheck(name, hashes));
  }

  /// Every chain has its row among the chains' names, and the other way round.
  private void checkNames(Map<String, String> replicas) {
    for (String chain : replicas.keySet()) {
      if (!checks.containsKey(chain)) {
        claimed.put(chain, removed(chain, "its name"));
      }
    }
    for (String chain : checks.keySet()) {
      if (!replicas.containsKey(chain)) {
        add(chain, Fault.CHANGED, 1, "The chain has no row among the chains' names.");
      }
    }
  }

  /// Each start names how far the chains before it had come, and ends those of its own replica.
  private void checkStarts(StoredChains stored, Map<String, String> replicas) throws SQLException {
    Map<String, Long> ends = new HashMap<>();
    for (ChainCheck check : checks.values()) {
      for (ChainCheck.ServerStartClaim start : check.claims()) {
        for (ChainHead head : start.heads()) {
          checkClaim(stored, head, "the start of " + start.chain());
          if (start.replica().equals(replicas.get(head.chain()))) {
            ends.merge(head.chain(), head.seq(), Math::min);
          }
        }
        if (!start.replica().equals(replicas.getOrDefault(start.chain(), start.replica()))) {
          add(start.chain(), Fault.CHANGED, 1, "The chain's row names another replica.");
        }
      }
    }
    ends.forEach(this::checkEnd);
    checkNewest(replicas, ends);
  }

  /// A signature by a passkey that nobody is recorded to have made proves nothing.
  private void checkPasskeys() {
    Set<ChainCheck.PasskeyOf> made =
        checks.values().stream()
            .flatMap(check -> check.passkeys().stream())
            .collect(Collectors.toSet());
    for (ChainCheck check : checks.values()) {
      check
          .receipts()
          .forEach(
              (seq, signed) -> {
                if (!made.contains(signed)) {
                  add(
                      check.chain(),
                      Fault.NOT_SIGNED,
                      seq,
                      "Record " + seq + " was signed with a passkey that its person never made.");
                }
              });
    }
  }

  private void checkEnd(String chain, long end) {
    ChainCheck check = checks.get(chain);
    if (check != null && check.last() > end) {
      add(
          chain,
          Fault.INSERTED,
          end + 1,
          "Record " + (end + 1) + " was added after a later start had ended the chain.");
    }
  }

  /// Of each replica's chains only the newest is named by no later start.
  private void checkNewest(Map<String, String> replicas, Map<String, Long> ends) {
    Map<String, String> newest = new HashMap<>();
    List<String> latestFirst = new ArrayList<>(replicas.keySet());
    Collections.reverse(latestFirst);
    for (String chain : latestFirst) {
      if (checks.containsKey(chain) && !ends.containsKey(chain)) {
        String live = newest.putIfAbsent(replicas.getOrDefault(chain, ""), chain);
        if (live != null) {
          add(chain, Fault.INSERTED, 1, "No later start of its replica names this chain.");
        }
      }
    }
  }

  private void checkClaim(StoredChains stored, ChainHead head, String witness) throws SQLException {
    if (claimed.containsKey(head.chain())) {
      return;
    }
    ChainCheck check = checks.get(head.chain());
    if (check == null) {
      claimed.put(head.chain(), removed(head.chain(), witness));
    } else if (head.seq() > check.last()) {
      claimed.put(head.chain(), cutOff(head, check.last(), witness));
    } else {
      Optional<String> hash = stored.hashAt(head.chain(), head.seq());
      if (hash.isPresent() && !hash.get().equals(head.hash())) {
        claimed.put(head.chain(), rewritten(head, witness));
      }
    }
  }

  private static Finding removed(String chain, String witness) {
    return new Finding.InChain(
        Fault.CHAIN_REMOVED, chain, 1, "The whole chain is gone; " + witness + " names it.");
  }

  private static Finding cutOff(ChainHead head, long last, String witness) {
    return new Finding.InChain(
        Fault.CUT_OFF,
        head.chain(),
        last + 1,
        "The chain ends at record " + last + "; " + witness + " saw record " + head.seq() + ".");
  }

  private static Finding rewritten(ChainHead head, String witness) {
    return new Finding.InChain(
        Fault.REWRITTEN,
        head.chain(),
        head.seq(),
        "Record " + head.seq() + " is not the one that " + witness + " saw.");
  }

  /// Nothing to compare with is nothing proven; whoever removes the file must not pass for whole.
  private static void noCheckpoint(
      CheckpointFile file, CheckpointCheck notes, List<Finding> inFile) {
    if (notes.good() > 0 || !inFile.isEmpty()) {
      return;
    }
    inFile.add(
        new Finding.InCheckpoints(
            Fault.CHECKPOINT_MISSING,
            0,
            file.exists()
                ? "The file holds no whole checkpoint; a broker writes its first within seconds."
                : "There is no such file; a broker writes its first checkpoint within seconds."));
  }

  /// Each start names the last checkpoint of its own broker's file; of a broker whose key is not
  /// given, the file is not expected either.
  private void missingCheckpoints(
      List<CheckpointCheck> read, List<VerifierKey> keys, List<Finding> inFile) {
    for (ChainCheck check : checks.values()) {
      for (ChainCheck.ServerStartClaim start : check.claims()) {
        Optional<String> named = start.checkpoint().filter(_ -> expected(start, keys));
        if (named.isPresent() && read.stream().noneMatch(notes -> notes.has(named.get()))) {
          inFile.add(
              new Finding.InCheckpoints(
                  Fault.CHECKPOINT_MISSING,
                  0,
                  "The checkpoint that the start of "
                      + start.chain()
                      + " names as its last is not there."));
        }
      }
    }
  }

  private static boolean expected(ChainCheck.ServerStartClaim start, List<VerifierKey> keys) {
    return keys.isEmpty() || start.auditKey().isEmpty() || given(start.auditKey().get(), keys);
  }

  private static boolean given(String key, List<VerifierKey> keys) {
    return keys.stream().anyMatch(known -> known.toString().equals(key));
  }

  /// {@return the keys by which brokers say they sign, and which were not given}
  private Set<String> otherKeys(List<VerifierKey> keys) {
    Set<String> others = new TreeSet<>();
    checks.values().stream()
        .flatMap(check -> check.claims().stream())
        .flatMap(start -> start.auditKey().stream())
        .filter(key -> !given(key, keys))
        .forEach(others::add);
    return others;
  }

  private long unsigned(List<CheckpointCheck> read) {
    Map<String, Long> signed = new HashMap<>();
    for (CheckpointCheck notes : read) {
      notes.heads().forEach(head -> signed.merge(head.chain(), head.seq(), Math::max));
    }
    return checks.values().stream()
        .mapToLong(check -> Math.max(0, check.last() - signed.getOrDefault(check.chain(), 0L)))
        .sum();
  }

  private void add(String chain, Fault fault, long seq, String what) {
    List<Finding> all = new ArrayList<>(broken.getOrDefault(chain, List.of()));
    all.add(new Finding.InChain(fault, chain, seq, what));
    broken.put(chain, all);
  }

  /// Chains in the order of their starts, those without a known start last, then the file.
  private List<Finding> findings(Map<String, String> replicas, List<Finding> inFile) {
    List<String> chains = new ArrayList<>(replicas.keySet());
    checks.keySet().stream().filter(chain -> !chains.contains(chain)).forEach(chains::add);
    claimed.keySet().stream()
        .sorted()
        .filter(chain -> !chains.contains(chain))
        .forEach(chains::add);
    List<Finding> all = new ArrayList<>();
    for (String chain : chains) {
      all.addAll(broken.getOrDefault(chain, List.of()));
      Finding claim = claimed.get(chain);
      if (claim != null) {
        all.add(claim);
      }
    }
    all.addAll(inFile);
    return all;
  }

  private static List<String> limits(
      boolean checkpoints, boolean key, boolean torn, long unsigned, Set<String> otherKeys) {
    List<String> limits = new ArrayList<>();
    if (!checkpoints) {
      limits.add(
          "There is no good checkpoint to compare with: records cut off the end of the newest"
              + " chain, or a record rewritten with all after it, cannot be seen.");
    } else if (unsigned == 0) {
      limits.add(
          "Each chain ends where its last checkpoint saw it: whether newer records were cut off its"
              + " end cannot be seen.");
    } else {
      limits.add(
          unsigned
              + " records are newer than the last checkpoint of their chain and protected by the"
              + " chain only: whether more of them were cut off its end cannot be seen.");
    }
    if (checkpoints && !key) {
      limits.add("Without the public key the checkpoints' signatures were not checked.");
    }
    if (key && !otherKeys.isEmpty()) {
      limits.add(
          "Brokers have also said that they sign with keys that were not given, so their"
              + " checkpoints were not looked at: "
              + String.join(", ", otherKeys));
    }
    if (torn) {
      limits.add(
          "The checkpoint file ends in one that is not whole: written just now, broken off by a"
              + " crash, or cut.");
    }
    limits.add(
        "Only the chained records are checked: the rows of approvals, of writes and of the"
            + " encrypted arguments lie outside the chain.");
    limits.add(
        "Whoever can change the database, the checkpoint file and the signing key together can"
            + " rewrite all three; compare with a copy of the checkpoint file kept elsewhere.");
    return limits;
  }
}
