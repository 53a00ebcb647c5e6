package dev.keyward.demo.company;

import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// An answer of a company.
///
/// @param headers further headers by name
record Reply(int status, String contentType, String body, Map<String, String> headers) {
  Reply {
    headers = Map.copyOf(headers);
  }

  static Reply json(int status, JsonNode body) {
    return new Reply(status, "application/json", body.toString(), Map.of());
  }

  static Reply html(String body) {
    return new Reply(200, "text/html; charset=utf-8", body, Map.of());
  }

  Reply with(String header, String value) {
    var more = new LinkedHashMap<>(headers);
    more.put(header, value);
    return new Reply(status, contentType, body, more);
  }
}
