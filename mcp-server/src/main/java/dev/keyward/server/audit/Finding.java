package dev.keyward.server.audit;

import java.util.Locale;

/// One thing that is wrong with the record. Findings come in order: the chains by their start, then
/// the checkpoint file.
public sealed interface Finding {
  /// {@return what kind of wrong}
  Fault fault();

  /// {@return what is wrong, in a sentence for the auditor}
  String what();

  /// Something about a chain.
  ///
  /// @param seq the first record that is wrong or missing
  record InChain(Fault fault, String chain, long seq, String what) implements Finding {}

  /// Something about the checkpoint file.
  ///
  /// @param number which checkpoint, counted from 1; 0 for the file as a whole
  record InCheckpoints(Fault fault, long number, String what) implements Finding {}

  /// Kinds of wrong.
  enum Fault {
    /// A record, or its row, is not as it was written.
    CHANGED,
    /// A record in the middle is gone.
    MISSING,
    /// Records stand in another order.
    REORDERED,
    /// A record stands where none was written.
    INSERTED,
    /// Records at the end of a chain are gone.
    CUT_OFF,
    /// A whole chain is gone.
    CHAIN_REMOVED,
    /// Records were replaced together with all hashes after them.
    REWRITTEN,
    /// A checkpoint's text or shape is not as it was signed.
    CHECKPOINT_EDITED,
    /// A checkpoint is signed by another key.
    WRONG_KEY,
    /// Two checkpoints follow on the same one, or contradict each other.
    FORKED,
    /// A checkpoint that should be in the file is not.
    CHECKPOINT_MISSING,
    /// A passkey's signature is not of the decision that it stands with.
    NOT_SIGNED;

    /// {@return the word in output for machines}
    public String wire() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
