package dev.keyward.server.transport;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/// Errors that Jetty answers by itself, in few words: no stack, no reason, nothing of the request.
final class JsonErrors extends ErrorHandler {
  private final boolean json;

  /// @param json whether the body is a JSON-RPC error, else a line of text
  JsonErrors(boolean json) {
    this.json = json;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    int status = response.getStatus();
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, type());
    response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
    response.getHeaders().put("X-Content-Type-Options", "nosniff");
    if (HttpStatus.hasNoBody(status)) {
      callback.succeeded();
    } else {
      Content.Sink.write(response, true, body(status), callback);
    }
    return true;
  }

  private String type() {
    return json ? "application/json" : "text/plain;charset=utf-8";
  }

  private String body(int status) {
    return json
        ? HttpProblem.of(status).body()
        : status + " " + HttpStatus.getMessage(status) + "\n";
  }
}
