package dev.keyward.server.upstream;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/// Turns a host's name into addresses; blocking.
public interface Resolution {
  /// The resolver of the operating system, with the JDK's cache.
  Resolution SYSTEM = host -> List.of(InetAddress.getAllByName(host));

  /// {@return the addresses of `host`, a name or a literal address, at least one}
  List<InetAddress> resolve(String host) throws UnknownHostException;
}
