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
/// @param reads whether the body of a success is read; if not it may be of any type
public record Enquiry(
    String method, URI url, Map<String, Secret> headers, Optional<Content> content, boolean reads) {
  /// Copies the headers.
  public Enquiry {
    headers = Map.copyOf(headers);
  }

  /// One whose answer is JSON.
  public Enquiry(String method, URI url, Map<String, Secret> headers, Optional<Content> content) {
    this(method, url, headers, content, true);
  }

  /// {@return the same, of which only the status of a success counts}
  public Enquiry statusOnly() {
    return new Enquiry(method, url, headers, content, false);
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
    /// @param body its JSON, which holds what nobody may read; JSON null for an empty body, for one
    ///   that is not read, and for an error's body of another type
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
