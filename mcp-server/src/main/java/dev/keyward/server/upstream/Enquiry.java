package dev.keyward.server.upstream;

import dev.keyward.redaction.Secret;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// One request of the broker's own to an endpoint that the operator named, for example for a token.
///
/// @param url where it goes; path and query as they are sent
/// @param headers by name; any of them may open something
/// @param content what is sent, if anything
public record Enquiry(
    String method, URI url, Map<String, Secret> headers, Optional<Content> content) {
  /// Copies the headers.
  public Enquiry {
    headers = Map.copyOf(headers);
  }

  /// A body.
  ///
  /// @param type its media type
  /// @param text the body itself
  public record Content(String type, Secret text) {}

  /// How it ended.
  public sealed interface Answer {
    /// There is an answer.
    ///
    /// @param body its JSON, which holds what nobody may read; JSON null for an empty body, and for
    ///   an error's body of another type
    record Answered(int status, JsonNode body) implements Answer {
      @Override
      public String toString() {
        return "Answered[status=" + status + "]";
      }
    }

    /// There is no usable answer.
    record Failed(Failure why) implements Answer {}
  }
}
