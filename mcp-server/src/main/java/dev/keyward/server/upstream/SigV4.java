package dev.keyward.server.upstream;

import dev.keyward.call.Hashes;
import dev.keyward.redaction.Secret;
import dev.keyward.redaction.TouchesSecret;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Signs requests as AWS asks (Signature Version 4, `AWS4-HMAC-SHA256`), in the Authorization
/// header.
///
/// @param service for example `execute-api`
/// @param region for example `eu-central-1`
public record SigV4(String service, String region) {
  private static final String ALGORITHM = "AWS4-HMAC-SHA256";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final int DATE_CHARS = 8;

  /// What is signed.
  ///
  /// @param host with the port where it is not the usual one
  /// @param path as it is sent
  /// @param query as [#query] writes it
  public record Signed(String method, String host, String path, String query, String body) {}

  /// {@return the query in the one order and spelling that is signed, which is to be sent as well}
  public static String query(String raw) {
    if (raw.isEmpty()) {
      return "";
    }
    List<String> parts = new ArrayList<>();
    for (String part : raw.split("&", -1)) {
      int equals = part.indexOf('=');
      String name = equals < 0 ? part : part.substring(0, equals);
      String value = equals < 0 ? "" : part.substring(equals + 1);
      parts.add(again(name) + "=" + again(value));
    }
    // Not as whole texts: '=' would sort behind '-' and digits.
    parts.sort((a, b) -> a.replace('=', '\0').compareTo(b.replace('=', '\0')));
    return String.join("&", parts);
  }

  /// {@return the headers to add, by name}
  ///
  /// @param key `id:secret`, or `id:secret:session`
  /// @return empty if the key has another shape
  @TouchesSecret
  public Optional<Map<String, Secret>> sign(Signed request, Secret key, Instant now) {
    return key.use(
        text -> {
          String[] parts = text.split(":", 3);
          return parts.length < 2 || parts[0].isEmpty() || parts[1].isEmpty()
              ? Optional.<Map<String, Secret>>empty()
              : Optional.of(sign(request, parts, TIME.format(now)));
        });
  }

  private Map<String, Secret> sign(Signed request, String[] key, String time) {
    SortedMap<String, String> headers = new TreeMap<>();
    headers.put("host", request.host());
    headers.put("x-amz-date", time);
    if (service.equals("s3")) {
      headers.put("x-amz-content-sha256", Hashes.sha256Hex(request.body()));
    }
    if (key.length > 2) {
      headers.put("x-amz-security-token", key[2]);
    }
    String names = String.join(";", headers.keySet());
    String day = time.substring(0, DATE_CHARS);
    String scope = day + "/" + region + "/" + service + "/aws4_request";
    String text =
        ALGORITHM
            + "\n"
            + time
            + "\n"
            + scope
            + "\n"
            + Hashes.sha256Hex(canonical(request, headers, names));
    byte[] signing = Signatures.hmac(Signatures.utf8("AWS4" + key[1]), day);
    for (String part : List.of(region, service, "aws4_request")) {
      signing = Signatures.hmac(signing, part);
    }
    String authorization =
        "%s Credential=%s/%s, SignedHeaders=%s, Signature=%s"
            .formatted(
                ALGORITHM, key[0], scope, names, Signatures.hex(Signatures.hmac(signing, text)));
    headers.remove("host");
    headers.put("authorization", authorization);
    return headers.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, header -> Secret.of(header.getValue())));
  }

  private String canonical(Signed request, SortedMap<String, String> headers, String names) {
    var lines = new StringBuilder();
    headers.forEach((name, value) -> lines.append(name).append(':').append(value).append('\n'));
    // Every service but S3 signs the path encoded once more.
    String path = service.equals("s3") ? request.path() : encodedPath(request.path());
    return String.join(
        "\n",
        request.method(),
        path,
        request.query(),
        lines.toString(),
        names,
        Hashes.sha256Hex(request.body()));
  }

  private static String encodedPath(String path) {
    return encoded(path).replace("%2F", "/");
  }

  private static String again(String once) {
    return encoded(URLDecoder.decode(once, StandardCharsets.UTF_8));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8)
        .replace("+", "%20")
        .replace("*", "%2A")
        .replace("%7E", "~");
  }
}
