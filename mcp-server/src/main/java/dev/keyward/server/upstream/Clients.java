package dev.keyward.server.upstream;

import static java.lang.System.Logger.Level.WARNING;

import dev.keyward.catalog.CredentialRef;
import dev.keyward.catalog.Placement;
import dev.keyward.redaction.Secret;
import dev.keyward.server.credential.Lease;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;

/// The HTTP clients of one broker: the usual one, one for each origin with authorities of its own,
/// and one for each certificate that is shown at an origin.
///
/// A client's connections have all shown the same certificate, or none, so no request can go out on
/// a connection that was made for another. Safe for all threads.
final class Clients implements AutoCloseable {
  private static final System.Logger log = System.getLogger(Clients.class.getName());

  private final Function<SslContextFactory.Client, HttpClient> starter;
  private final Map<String, X509TrustManager> authorities = new HashMap<>();
  private final HttpClient usual;
  private final Map<String, HttpClient> trusting = new HashMap<>();
  private final Map<Place, Shown> shown = new HashMap<>();
  private final Set<Shown> open = new HashSet<>();

  private record Place(String origin, CredentialRef ref) {}

  /// A client that shows a certificate. What is in it is guarded by its owner.
  private static final class Shown {
    private final Secret certificate;
    private final HttpClient client;
    private int users;
    private boolean replaced;

    Shown(Secret certificate, HttpClient client) {
      this.certificate = certificate;
      this.client = client;
    }
  }

  /// A client for one request. Closing it does not end the client's other requests.
  interface Use extends AutoCloseable {
    HttpClient client();

    @Override
    void close();
  }

  private record Lasting(HttpClient client) implements Use {
    @Override
    public void close() {}
  }

  /// @param starter starts a client; each is stopped here
  /// @param authorities whose certificates count at an origin, in place of the JDK's
  Clients(
      Function<SslContextFactory.Client, HttpClient> starter,
      Map<URI, X509TrustManager> authorities) {
    this.starter = starter;
    this.usual = starter.apply(new SslContextFactory.Client());
    authorities.forEach(
        (origin, trust) -> {
          String name = AllowedAddresses.origin(origin);
          this.authorities.put(name, trust);
          trusting.put(name, start(new KeyManager[0], trust));
        });
  }

  /// {@return the client of an origin that is shown no certificate}
  HttpClient of(URI origin) {
    return trusting.getOrDefault(AllowedAddresses.origin(origin), usual);
  }

  /// {@return the client for `outgoing`: one that shows the lease's certificate where the tool says
  /// so}
  ///
  /// @throws Unusable if there is no usable certificate
  Use use(Outgoing outgoing, Lease lease) throws Unusable {
    if (!(outgoing.placement().orElse(null) instanceof Placement.ClientCertificate)) {
      return new Lasting(of(outgoing.origin()));
    }
    if (lease.secret().isEmpty() || lease.ref().isEmpty()) {
      throw new Unusable(Failure.CREDENTIAL_UNUSABLE);
    }
    return showing(outgoing.origin(), lease.ref().get(), lease.secret().get());
  }

  /// {@return the client that shows `certificate` at `origin`, until the same credential has
  /// another one}
  ///
  /// @param ref what the certificate is called
  /// @throws Unusable if it is none
  private synchronized Use showing(URI origin, CredentialRef ref, Secret certificate)
      throws Unusable {
    var place = new Place(AllowedAddresses.origin(origin), ref);
    Shown there = shown.get(place);
    if (there == null || !there.certificate.equals(certificate)) {
      KeyManager[] keys = ClientCertificate.read(certificate);
      var next = new Shown(certificate, start(keys, authorities.get(place.origin)));
      open.add(next);
      shown.put(place, next);
      if (there != null) {
        there.replaced = true;
        stopIfUnused(there);
      }
      there = next;
    }
    there.users++;
    return use(there);
  }

  private Use use(Shown taken) {
    return new Use() {
      @Override
      public HttpClient client() {
        return taken.client;
      }

      @Override
      public void close() {
        release(taken);
      }
    };
  }

  private synchronized void release(Shown taken) {
    taken.users--;
    stopIfUnused(taken);
  }

  /// Not by the caller, whose answer has come: stopping waits for threads.
  private void stopIfUnused(Shown one) {
    if (one.replaced && one.users == 0 && open.remove(one)) {
      Thread.ofVirtual().name("client-stop").start(() -> stop(one.client));
    }
  }

  private HttpClient start(KeyManager[] keys, @Nullable X509TrustManager trust) {
    try {
      var context = SSLContext.getInstance("TLS");
      context.init(keys, trust == null ? null : new TrustManager[] {trust}, null);
      var tls = new SslContextFactory.Client();
      tls.setSslContext(context);
      return starter.apply(tls);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has TLS", e);
    }
  }

  /// Ends every request that is under way and releases all threads and connections.
  @Override
  public synchronized void close() {
    open.forEach(one -> stop(one.client));
    open.clear();
    shown.clear();
    trusting.values().forEach(Clients::stop);
    stop(usual);
  }

  private static void stop(HttpClient client) {
    try {
      client.stop();
    } catch (Exception e) {
      log.log(WARNING, "an HTTP client does not stop", e);
    }
  }
}
