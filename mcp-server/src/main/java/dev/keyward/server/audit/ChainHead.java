package dev.keyward.server.audit;

import java.util.Comparator;

/// The last record of one chain at some moment.
///
/// @param chain the chain's name
/// @param seq how many records it has
/// @param hash the chain hash of that record, 64 hexadecimal digits
public record ChainHead(String chain, long seq, String hash) {
  /// By name; the order of the leaves under a checkpoint's root.
  static final Comparator<ChainHead> ORDER = Comparator.comparing(ChainHead::chain);

  /// Checks the hash.
  public ChainHead {
    Word.hash("hash", hash);
  }
}
