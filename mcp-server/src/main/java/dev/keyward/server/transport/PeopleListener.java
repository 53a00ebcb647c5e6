package dev.keyward.server.transport;

import jakarta.servlet.Filter;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.eclipse.jetty.ee11.servlet.ServletHolder;

/// The listener for people: the pages that its caller mounts, on an address and threads of its own,
/// so that agents can neither reach nor starve it. Agent keys mean nothing here.
public final class PeopleListener implements AutoCloseable {
  private static final Duration GRACE = Duration.ofSeconds(2);

  /// A body may be larger than any form, so that the pages themselves say what is too large.
  private static final WholeBodies.Limits BODIES =
      new WholeBodies.Limits(Duration.ofSeconds(10), 1 << 17, 32 << 20);

  private final Listening listening;
  private final Runnable endStreams;

  private PeopleListener(Listening listening, Runnable endStreams) {
    this.listening = listening;
    this.endStreams = endStreams;
  }

  /// How to listen.
  ///
  /// @param listen the address; port 0 takes any free one
  /// @param hosts further values of the Host header to accept: how people's browsers reach it
  public record Settings(InetSocketAddress listen, Set<String> hosts) {
    /// Copies the hosts.
    public Settings {
      hosts = Set.copyOf(hosts);
    }
  }

  /// A page, or several under one path.
  ///
  /// @param path a servlet path such as `/approvals/*`
  /// @param servlet what serves it
  public record Mount(String path, HttpServlet servlet) {}

  /// All that people can reach.
  ///
  /// @param guard what every request passes first, whatever its path
  /// @param mounts the pages
  /// @param endStreams ends the answers that would go on for as long as a page is open
  public record Site(Filter guard, List<Mount> mounts, Runnable endStreams) {
    /// Copies the pages.
    public Site {
      mounts = List.copyOf(mounts);
    }
  }

  /// Listens and serves.
  ///
  /// @param pages makes the pages for the address that was bound, before the first request
  /// @throws IOException if the address cannot be bound
  public static PeopleListener start(
      Settings settings, Function<? super InetSocketAddress, Site> pages) throws IOException {
    return start(settings, pages, BODIES, Listening.CONNECTIONS);
  }

  static PeopleListener start(
      Settings settings,
      Function<? super InetSocketAddress, Site> pages,
      WholeBodies.Limits bodies,
      int connections)
      throws IOException {
    var listening =
        Listening.bind(
            Listening.platformThreads("keyward-people"),
            settings.listen(),
            connections,
            new JsonErrors(false),
            context -> new WholeBodies(context, bodies));
    var hosts = new HostRule(listening.bound(), settings.hosts(), Set.of());
    listening.filter(
        (request, response, chain) -> {
          if (named(hosts, request)) {
            chain.doFilter(request, response);
          } else {
            ((HttpServletResponse) response).sendError(HttpServletResponse.SC_MISDIRECTED_REQUEST);
          }
        },
        "/*");
    Site site = pages.apply(listening.bound());
    listening.filter(site.guard(), "/*");
    for (Mount mount : site.mounts()) {
      listening.context().addServlet(new ServletHolder(mount.servlet()), mount.path());
    }
    listening.start();
    return new PeopleListener(listening, site.endStreams());
  }

  /// {@return the port, the real one where port 0 was asked for}
  public int port() {
    return listening.bound().getPort();
  }

  /// {@return where it listens}
  public InetSocketAddress address() {
    return listening.bound();
  }

  /// Lets requests end for some seconds, and ends.
  @Override
  public void close() {
    endStreams.run();
    listening.stop(GRACE);
  }

  private static boolean named(HostRule hosts, ServletRequest request) {
    return hosts.hostAllowed((HttpServletRequest) request);
  }
}
