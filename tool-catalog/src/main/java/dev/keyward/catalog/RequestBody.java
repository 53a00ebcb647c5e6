package dev.keyward.catalog;

/// The body of a request.
///
/// @param contentType for example `application/json`
/// @param content to be sent as UTF-8
public record RequestBody(String contentType, String content) {
  @Override
  public String toString() {
    return "[body " + contentType + "]";
  }
}
