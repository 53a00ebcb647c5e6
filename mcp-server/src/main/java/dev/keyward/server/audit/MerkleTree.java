package dev.keyward.server.audit;

import java.util.List;

/// The Merkle tree hash of RFC 6962, section 2.1, over chain heads.
final class MerkleTree {
  private MerkleTree() {}

  /// {@return the root over `heads` in the order of their chains' names; `heads` in that order}
  static byte[] root(List<ChainHead> heads) {
    var hash = new AuditHash();
    if (heads.isEmpty()) {
      return hash.plain(new byte[0]);
    }
    return root(heads.stream().map(head -> hash.leaf(leafData(head))).toList(), hash);
  }

  private static byte[] root(List<byte[]> leaves, AuditHash hash) {
    if (leaves.size() == 1) {
      return leaves.getFirst();
    }
    int split = Integer.highestOneBit(leaves.size() - 1);
    return hash.node(
        root(leaves.subList(0, split), hash), root(leaves.subList(split, leaves.size()), hash));
  }

  private static String leafData(ChainHead head) {
    return head.chain() + " " + head.seq() + " " + head.hash();
  }
}
