package dev.keyward.demo.company;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A request after the key check, in parts.
///
/// @param segments the path's segments, decoded
/// @param query the query's parameters, decoded; of a repeated one the last
/// @param headers by lower-case name; of a repeated one the first
/// @param body as text; at most [StandIn#MAX_BODY_BYTES]
record Request(
    String method,
    List<String> segments,
    Map<String, String> query,
    Map<String, String> headers,
    String body) {

  Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name));
  }

  /// {@return a parameter of the query, unless it is absent or empty}
  Optional<String> parameter(String name) {
    return Optional.ofNullable(query.get(name)).filter(value -> !value.isEmpty());
  }

  /// {@return the body read as `application/x-www-form-urlencoded`}
  Map<String, String> form() {
    return parameters(body);
  }

  /// {@return the segments of `rawPath`, decoded one by one, so that `%2F` separates nothing}
  static List<String> segments(String rawPath) {
    return Arrays.stream(rawPath.split("/", -1))
        .skip(1)
        .map(segment -> decode(segment.replace("+", "%2B")))
        .toList();
  }

  /// {@return the parameters of a query or a form}
  static Map<String, String> parameters(String encoded) {
    var parameters = new LinkedHashMap<String, String>();
    for (String pair : encoded.split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        parameters.put(decode(pair.substring(0, equals)), decode(pair.substring(equals + 1)));
      }
    }
    return parameters;
  }

  private static String decode(String encoded) {
    return URLDecoder.decode(encoded, StandardCharsets.UTF_8);
  }
}
