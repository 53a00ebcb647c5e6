package dev.keyward.catalog;

import dev.keyward.call.Arguments;
import java.util.List;
import java.util.Optional;

/// A request over HTTP, rendered from a template. Immutable.
///
/// Arguments become path segments, values of declared query parameters and values of declared body
/// fields, and nothing else: no argument reaches a header, the method or the host.
public final class HttpBinding implements Binding {
  private final String method;
  private final PathTemplate path;
  private final List<RequestField> query;
  private final List<HeaderField> headers;
  private final Optional<BodyTemplate> body;
  private final ResponseKind response;
  private final Optional<String> idempotencyHeader;

  HttpBinding(
      String method,
      PathTemplate path,
      List<RequestField> query,
      List<HeaderField> headers,
      Optional<BodyTemplate> body,
      ResponseKind response,
      Optional<String> idempotencyHeader) {
    this.method = method;
    this.path = path;
    this.query = List.copyOf(query);
    this.headers = List.copyOf(headers);
    this.body = body;
    this.response = response;
    this.idempotencyHeader = idempotencyHeader;
  }

  /// {@return the request for these arguments}
  ///
  /// Equal arguments give equal requests: numbers are written in their canonical form.
  ///
  /// @throws dev.keyward.call.CallRefused with `InvalidArguments` if one cannot stand where it goes
  public UpstreamRequest render(Arguments arguments) {
    String parameters = FormFields.write(query, arguments);
    String target = path.render(arguments) + (parameters.isEmpty() ? "" : "?" + parameters);
    return new UpstreamRequest(
        method, target, headers, body.map(template -> template.render(arguments)));
  }

  /// {@return what the system answers with}
  public ResponseKind response() {
    return response;
  }

  /// {@return the header that makes a repeated write harmless, where the system has one}
  public Optional<String> idempotencyHeader() {
    return idempotencyHeader;
  }

  /// {@return the method, in capitals}
  public String method() {
    return method;
  }

  /// {@return the path as the catalog writes it, for example `/api/tickets/{ticket_id}`}
  public String pathTemplate() {
    return path.toString();
  }

  PathTemplate path() {
    return path;
  }

  List<RequestField> query() {
    return query;
  }

  List<HeaderField> headers() {
    return headers;
  }

  Optional<BodyTemplate> body() {
    return body;
  }
}
