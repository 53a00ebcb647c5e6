package dev.keyward.catalog;

import dev.keyward.call.Arguments;
import java.util.Optional;

/// A request over HTTP, rendered from a template.
public final class HttpBinding implements Binding {
  private final Optional<UpstreamRequest> fixed;

  HttpBinding(Optional<UpstreamRequest> fixed) {
    this.fixed = fixed;
  }

  /// {@return the request for these arguments}
  ///
  /// @throws dev.keyward.call.CallRefused with `InvalidArguments` if one cannot stand where it goes
  public UpstreamRequest render(Arguments arguments) {
    return fixed.orElseThrow();
  }

  /// {@return what the system answers with}
  public ResponseKind response() {
    return ResponseKind.JSON;
  }

  /// {@return the header that makes a repeated write harmless, where the system has one}
  public Optional<String> idempotencyHeader() {
    return Optional.empty();
  }

  /// {@return the method, in capitals}
  public String method() {
    return fixed.orElseThrow().method();
  }

  /// {@return the path as the catalog writes it, for example `/api/tickets/{ticket_id}`}
  public String pathTemplate() {
    return fixed.orElseThrow().pathAndQuery();
  }
}
