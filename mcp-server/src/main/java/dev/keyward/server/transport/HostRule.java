package dev.keyward.server.transport;

import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Under which names a listener answers, and which web pages may call it: the guard against DNS
/// rebinding. Programs send no Origin, and are let through; a browser always names its page.
final class HostRule {
  private static final int HTTP = 80;

  private final Set<String> hosts;
  private final Set<String> origins;

  /// Accepts the listener's own loopback names and address, and what is configured.
  ///
  /// @param bound where it listens
  /// @param hosts further values of the Host header, with the port unless it is the default one
  /// @param origins further origins of web pages
  HostRule(InetSocketAddress bound, Set<String> hosts, Set<URI> origins) {
    Set<String> accepted = new HashSet<>();
    for (String name : own(bound)) {
      accepted.add(name + ":" + bound.getPort());
      if (bound.getPort() == HTTP) {
        accepted.add(name);
      }
    }
    hosts.forEach(host -> accepted.add(host.toLowerCase(Locale.ROOT)));
    this.hosts = Set.copyOf(accepted);
    Set<String> pages = new HashSet<>();
    accepted.forEach(host -> pages.addAll(List.of("http://" + host, "https://" + host)));
    origins.forEach(origin -> pages.add(origin.toString().toLowerCase(Locale.ROOT)));
    this.origins = Set.copyOf(pages);
  }

  /// {@return whether the request names this listener, once and exactly}
  boolean hostAllowed(HttpServletRequest request) {
    List<String> named = Collections.list(request.getHeaders("Host"));
    return named.size() == 1 && hosts.contains(named.getFirst().toLowerCase(Locale.ROOT));
  }

  /// {@return whether no page, or an accepted one, sends the request}
  boolean originAllowed(HttpServletRequest request) {
    return Collections.list(request.getHeaders("Origin")).stream()
        .allMatch(origin -> origins.contains(origin.toLowerCase(Locale.ROOT)));
  }

  private static Set<String> own(InetSocketAddress bound) {
    Set<String> names = new HashSet<>(Set.of("localhost", "127.0.0.1", "[::1]"));
    InetAddress address = bound.getAddress();
    if (!address.isAnyLocalAddress()) {
      names.add(Authority.host(address.getHostAddress()));
    }
    return names;
  }
}
