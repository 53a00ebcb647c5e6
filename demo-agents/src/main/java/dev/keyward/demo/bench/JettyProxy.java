package dev.keyward.demo.bench;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.jetty.client.BufferingResponseListener;
import org.eclipse.jetty.client.ContentResponse;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.Result;
import org.eclipse.jetty.client.transport.HttpClientTransportOverHTTP;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.VirtualThreadPool;

/// A proxy that adds a key and does nothing else, a process of its own: what Jetty costs without
/// MCP and without any protection.
///
/// `blocking` waits for the upstream on a virtual thread, as the broker does; `async` never waits.
/// Standard input gives it the key, and its end ends it.
public final class JettyProxy extends Handler.Abstract {
  private static final int CONNECTIONS = 4096;

  private final HttpClient client;
  private final URI upstream;
  private final String authorization;
  private final boolean async;

  private JettyProxy(HttpClient client, URI upstream, String key, boolean async) {
    this.client = client;
    this.upstream = upstream;
    this.authorization = "Bearer " + key;
    this.async = async;
  }

  /// Prints the port and serves.
  ///
  /// @param arguments `blocking` or `async`, and the upstream's URL
  public static void main(String[] arguments) throws Exception {
    var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    String key = String.valueOf(input.readLine());
    Logger.getLogger("").setLevel(Level.WARNING);
    HttpClient client = client();
    client.start();
    var threads = new QueuedThreadPool();
    threads.setVirtualThreadsExecutor(new VirtualThreadPool(0));
    var server = new Server(threads);
    var connector = new ServerConnector(server, 1, 1);
    connector.setHost("127.0.0.1");
    connector.setAcceptQueueSize(CONNECTIONS);
    server.addConnector(connector);
    boolean async = arguments[0].equals("async");
    server.setHandler(new JettyProxy(client, URI.create(arguments[1]), key, async));
    server.start();
    System.out.println("port " + connector.getLocalPort());
    while (input.read() >= 0) {
      // until whoever started this is gone
    }
    server.stop();
    client.stop();
  }

  private static HttpClient client() {
    var connector = new ClientConnector();
    connector.setSelectors(1);
    var client = new HttpClient(new HttpClientTransportOverHTTP(connector));
    client.setMaxConnectionsPerDestination(CONNECTIONS);
    client.setMaxRequestsQueuedPerDestination(CONNECTIONS);
    return client;
  }

  @Override
  public InvocationType getInvocationType() {
    return async ? InvocationType.NON_BLOCKING : InvocationType.BLOCKING;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    if (async) {
      ask().send(new Passing(response, callback));
    } else {
      wait(response, callback);
    }
    return true;
  }

  private org.eclipse.jetty.client.Request ask() {
    return client
        .newRequest(upstream)
        .headers(headers -> headers.put(HttpHeader.AUTHORIZATION, authorization));
  }

  private void wait(Response response, Callback callback) {
    try {
      ContentResponse answer = ask().send();
      pass(answer.getStatus(), answer.getContent(), response, callback);
    } catch (InterruptedException | TimeoutException | ExecutionException e) {
      Response.writeError(response.getRequest(), response, callback, e);
    }
  }

  private static void pass(int status, byte[] body, Response response, Callback callback) {
    response.setStatus(status);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
    response.write(true, ByteBuffer.wrap(body), callback);
  }

  /// Hands an answer on when all of it is there.
  private static final class Passing extends BufferingResponseListener {
    private final Response response;
    private final Callback callback;

    Passing(Response response, Callback callback) {
      this.response = response;
      this.callback = callback;
    }

    @Override
    public void onComplete(Result result) {
      if (result.isSucceeded()) {
        pass(result.getResponse().getStatus(), getContent(), response, callback);
      } else {
        Response.writeError(response.getRequest(), response, callback, HttpStatus.BAD_GATEWAY_502);
      }
    }
  }
}
