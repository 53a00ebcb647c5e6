package dev.keyward.server.transport;

import static java.lang.System.Logger.Level.WARNING;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.function.UnaryOperator;
import org.eclipse.jetty.ee11.servlet.FilterHolder;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.VirtualThreadPool;

/// One Jetty server with threads of its own; requests run on virtual threads, without a limit.
///
/// It tells nobody what it is, and its own errors are those of [JsonErrors].
final class Listening {
  private static final System.Logger log = System.getLogger(Listening.class.getName());

  /// Longer than the longest wait of a call, 60 s.
  private static final Duration IDLE = Duration.ofSeconds(75);

  /// How long a connection without a request may stay open while the listener stops; requests that
  /// are being answered have their grace.
  private static final Duration LAST_IDLE = Duration.ofMillis(100);

  /// How many connections a listener holds.
  static final int CONNECTIONS = 8192;

  /// A port that is free at one address may be taken at the other.
  private static final int MOST_TRIES = 20;

  private static final int PLATFORM_THREADS = 16;
  private static final int MAX_FORM_BYTES = 1 << 18;

  private final Server server;
  private final ServletContextHandler context;
  private final InetSocketAddress bound;

  private Listening(Server server, ServletContextHandler context, InetSocketAddress bound) {
    this.server = server;
    this.context = context;
    this.bound = bound;
  }

  /// Binds `address` without serving yet.
  ///
  /// @param connections how many may be open; further ones wait, so that whoever connects does not
  ///   take the files and sockets that the rest of the broker needs
  /// @param errors what Jetty's own errors look like
  /// @param front what every request passes before servlets and filters
  static Listening bind(
      QueuedThreadPool threads,
      InetSocketAddress address,
      int connections,
      JsonErrors errors,
      UnaryOperator<Handler> front)
      throws IOException {
    var server = new Server(threads);
    var http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setSendXPoweredBy(false);
    ServerConnector[] doors = open(server, http, addresses(address), address.getPort());
    server.setConnectors(doors);
    server.addBean(new NetworkConnectionLimit(connections, doors));
    var context = new ServletContextHandler("/");
    context.setMaxFormContentSize(MAX_FORM_BYTES);
    context.setErrorHandler(errors);
    server.setErrorHandler(errors);
    server.setHandler(new GracefulHandler(front.apply(context)));
    var bound = new InetSocketAddress(doors[0].getHost(), doors[0].getLocalPort());
    return new Listening(server, context, bound);
  }

  /// A name for this machine stands for both of its addresses, and a browser may take either: one
  /// that were left free, another of its users could listen on, and be taken for the broker.
  private static List<InetAddress> addresses(InetSocketAddress address) throws IOException {
    String host = address.getHostString();
    InetAddress named = InetAddress.getByName(host);
    boolean literal = host.contains(":") || host.equals(named.getHostAddress());
    if (literal || !named.isLoopbackAddress()) {
      return List.of(named);
    }
    InetAddress six = InetAddress.ofLiteral("::1");
    InetAddress four = InetAddress.ofLiteral("127.0.0.1");
    return NetworkInterface.getByInetAddress(six) == null ? List.of(four) : List.of(four, six);
  }

  /// Opens all of them, on the same port.
  private static ServerConnector[] open(
      Server server, HttpConfiguration http, List<InetAddress> addresses, int port)
      throws IOException {
    for (int tries = 1; ; tries++) {
      List<ServerConnector> doors = new ArrayList<>();
      try {
        for (InetAddress address : addresses) {
          int same = doors.isEmpty() ? port : doors.getFirst().getLocalPort();
          ServerConnector door = door(server, http, new InetSocketAddress(address, same));
          doors.add(door);
          door.open();
        }
        return doors.toArray(ServerConnector[]::new);
      } catch (IOException e) {
        doors.forEach(ServerConnector::close);
        if (port != 0 || doors.size() == 1 || tries == MOST_TRIES) {
          throw e;
        }
      }
    }
  }

  private static ServerConnector door(
      Server server, HttpConfiguration http, InetSocketAddress address) {
    var connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
    connector.setHost(address.getAddress().getHostAddress());
    connector.setPort(address.getPort());
    connector.setIdleTimeout(IDLE.toMillis());
    connector.setShutdownIdleTimeout(LAST_IDLE.toMillis());
    return connector;
  }

  /// {@return where it listens, with the real port}
  InetSocketAddress bound() {
    return bound;
  }

  /// {@return where servlets and filters are mounted}
  ServletContextHandler context() {
    return context;
  }

  /// Mounts a filter for requests to `path`, after those mounted before.
  void filter(Filter filter, String path) {
    var holder = new FilterHolder(filter);
    holder.setAsyncSupported(true);
    context.addFilter(holder, path, EnumSet.of(DispatcherType.REQUEST));
  }

  /// Serves from now on.
  void start() throws IOException {
    try {
      server.start();
    } catch (Exception e) {
      stop(Duration.ZERO);
      throw new IOException("the listener did not start", e);
    }
  }

  /// Takes no new connections, lets requests end for as long as `grace`, and ends.
  void stop(Duration grace) {
    try {
      server.setStopTimeout(grace.toMillis());
      server.stop();
    } catch (Exception e) {
      log.log(WARNING, "a listener did not stop cleanly: {0}", Faults.describe(e));
    }
  }

  /// {@return threads of the operating system's: requests get their turn however busy virtual
  /// threads keep the processors}
  static QueuedThreadPool platformThreads(String name) {
    var threads = new QueuedThreadPool(PLATFORM_THREADS * 2);
    threads.setName(name);
    return threads;
  }

  /// {@return threads for any number of requests that wait}
  static QueuedThreadPool virtualThreads(String name) {
    var threads = new QueuedThreadPool(PLATFORM_THREADS);
    threads.setName(name);
    var virtual = new VirtualThreadPool(0); // 0: no limit; the default would be 200 waiting calls
    virtual.setName(name + "-request");
    threads.setVirtualThreadsExecutor(virtual);
    return threads;
  }
}
