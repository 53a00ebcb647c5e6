package dev.keyward.server.upstream;

import java.net.InetAddress;
import java.util.List;

/// Which addresses a broker may connect to: public unicast ones.
///
/// From the IANA special-purpose address registries for IPv4 and IPv6 (RFC 6890), as of 2026. An
/// IPv4 address that is mapped into IPv6 is judged as the IPv4 address, since that is what the JDK
/// makes of it.
final class AddressRules {
  /// Nobody's service has these, whatever an operator lists by name; cloud metadata is among them.
  private static final List<Block> NEVER_BY_NAME =
      List.of(
          Block.of("0.0.0.0/8"),
          Block.of("169.254.0.0/16"),
          Block.of("224.0.0.0/4"),
          Block.of("240.0.0.0/4"),
          Block.of("::/128"),
          Block.of("fe80::/10"),
          Block.of("fec0::/10"),
          Block.of("ff00::/8"),
          Block.of("fd00:ec2::/32"));

  private static final List<Block> NOT_PUBLIC_V4 =
      List.of(
          Block.of("0.0.0.0/8"),
          Block.of("10.0.0.0/8"),
          Block.of("100.64.0.0/10"),
          Block.of("127.0.0.0/8"),
          Block.of("169.254.0.0/16"),
          Block.of("172.16.0.0/12"),
          Block.of("192.0.0.0/24"),
          Block.of("192.0.2.0/24"),
          Block.of("192.88.99.0/24"),
          Block.of("192.168.0.0/16"),
          Block.of("198.18.0.0/15"),
          Block.of("198.51.100.0/24"),
          Block.of("203.0.113.0/24"),
          Block.of("224.0.0.0/4"),
          Block.of("240.0.0.0/4"));

  private static final Block PUBLIC_V6 = Block.of("2000::/3");

  /// Inside 2000::/3: protocol assignments with Teredo, documentation, 6to4.
  private static final List<Block> NOT_PUBLIC_V6 =
      List.of(
          Block.of("2001::/23"),
          Block.of("2001:db8::/32"),
          Block.of("2002::/16"),
          Block.of("3fff::/20"));

  private AddressRules() {}

  /// {@return whether everyone on the internet means the same host by `address`}
  static boolean isPublic(InetAddress address) {
    byte[] bytes = address.getAddress();
    return bytes.length == 4
        ? NOT_PUBLIC_V4.stream().noneMatch(block -> block.holds(bytes))
        : PUBLIC_V6.holds(bytes) && NOT_PUBLIC_V6.stream().noneMatch(block -> block.holds(bytes));
  }

  /// {@return whether an operator who lists a name may mean `address`: private and loopback ones}
  static boolean mayBeListedByName(InetAddress address) {
    byte[] bytes = address.getAddress();
    return NEVER_BY_NAME.stream().noneMatch(block -> block.holds(bytes));
  }

  private static final class Block {
    private final byte[] start;
    private final int bits;

    private Block(byte[] start, int bits) {
      this.start = start;
      this.bits = bits;
    }

    static Block of(String text) {
      int slash = text.indexOf('/');
      InetAddress start = InetAddress.ofLiteral(text.substring(0, slash));
      return new Block(start.getAddress(), Integer.parseInt(text.substring(slash + 1)));
    }

    boolean holds(byte[] address) {
      if (address.length != start.length) {
        return false;
      }
      for (int bit = 0; bit < bits; bit++) {
        int mask = 0x80 >> (bit % Byte.SIZE);
        if ((address[bit / Byte.SIZE] & mask) != (start[bit / Byte.SIZE] & mask)) {
          return false;
        }
      }
      return true;
    }
  }
}
