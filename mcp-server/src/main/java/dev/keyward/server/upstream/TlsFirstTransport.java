package dev.keyward.server.upstream;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Executor;
import org.eclipse.jetty.client.transport.HttpClientTransportOverHTTP;
import org.eclipse.jetty.io.ClientConnectionFactory;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.NegotiatingClientConnection;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.io.ssl.SslHandshakeListener;

/// HTTP/1.1 whose connections are offered to requests only after their TLS handshake.
///
/// By itself Jetty hands a connection out first and shakes hands when the request is written, so a
/// bad certificate would look like a request that may have left.
final class TlsFirstTransport extends HttpClientTransportOverHTTP {
  TlsFirstTransport(ClientConnector connector) {
    super(connector);
  }

  @Override
  public Connection newConnection(EndPoint endPoint, Map<String, Object> context)
      throws IOException {
    if (endPoint instanceof SslConnection.SslEndPoint tls) {
      var handshake =
          new Handshake(tls, getHttpClient().getExecutor(), super::newConnection, context);
      tls.getSslConnection().addHandshakeListener(handshake);
      return handshake;
    }
    return super.newConnection(endPoint, context);
  }

  /// Stands in until the handshake is done; if it fails, the waiting requests fail unsent.
  private static final class Handshake extends NegotiatingClientConnection
      implements SslHandshakeListener {
    Handshake(
        SslConnection.SslEndPoint endPoint,
        Executor executor,
        ClientConnectionFactory then,
        Map<String, Object> context) {
      super(endPoint, executor, endPoint.getSslConnection().getSSLEngine(), then, context);
    }

    @Override
    public void handshakeSucceeded(Event event) {
      completed("http/1.1");
    }
  }
}
