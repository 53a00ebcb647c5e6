package dev.keyward.server.transport;

/// Writes hosts as URLs have them.
final class Authority {
  private Authority() {}

  /// {@return `host`, in brackets if it is an IPv6 address}
  static String host(String host) {
    return host.contains(":") ? "[" + host + "]" : host;
  }
}
