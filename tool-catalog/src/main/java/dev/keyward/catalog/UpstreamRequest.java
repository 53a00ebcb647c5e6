package dev.keyward.catalog;

import java.util.List;
import java.util.Optional;

/// A request as the catalog makes it: complete but for the origin and the credential.
///
/// @param method an HTTP method in capitals
/// @param pathAndQuery starts with `/`, already percent-encoded; to be sent as it is
/// @param headers the tool's fixed headers and `Accept`; nothing in them comes from arguments
/// @param body what to send, where the tool has a body
public record UpstreamRequest(
    String method, String pathAndQuery, List<HeaderField> headers, Optional<RequestBody> body) {
  /// Copies the headers.
  public UpstreamRequest {
    headers = List.copyOf(headers);
  }

  @Override
  public String toString() {
    return "[request " + method + "]";
  }
}
