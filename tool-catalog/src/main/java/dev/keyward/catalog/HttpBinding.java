package dev.keyward.catalog;

import dev.keyward.call.Arguments;
import java.util.Optional;

/// A request over HTTP, rendered from a template.
@SuppressWarnings("DoNotCallSuggester") // until its body is here
public final class HttpBinding implements Binding {
  HttpBinding() {}

  /// {@return the request for these arguments}
  ///
  /// @throws dev.keyward.call.CallRefused with `InvalidArguments` if one cannot stand where it goes
  public UpstreamRequest render(Arguments arguments) {
    throw new UnsupportedOperationException("being built");
  }

  /// {@return what the system answers with}
  public ResponseKind response() {
    throw new UnsupportedOperationException("being built");
  }

  /// {@return the header that makes a repeated write harmless, where the system has one}
  public Optional<String> idempotencyHeader() {
    throw new UnsupportedOperationException("being built");
  }

  /// {@return the method, in capitals}
  public String method() {
    throw new UnsupportedOperationException("being built");
  }

  /// {@return the path as the catalog writes it, for example `/api/tickets/{ticket_id}`}
  public String pathTemplate() {
    throw new UnsupportedOperationException("being built");
  }
}
