package dev.keyward.approvals.web;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What a browser sent with a form: `application/x-www-form-urlencoded` in UTF-8, read strictly
/// from the body alone.
///
/// The container's own reader mixes in the query string and repairs what is broken; this one does
/// neither.
final class Form {
  /// How large a form may be, in bytes: a reason of 500 characters or changed arguments, escaped,
  /// and the rest.
  static final int MAX_BYTES = 64 * 1024;

  private final Map<String, List<String>> fields;

  private Form(Map<String, List<String>> fields) {
    this.fields = fields;
  }

  /// What came instead of a form.
  sealed interface Outcome {
    record Read(Form form) implements Outcome {}

    record Refused(Problem problem) implements Outcome {}
  }

  /// Reads at most [#MAX_BYTES].
  static Outcome read(HttpServletRequest request) throws IOException {
    if (!isForm(request.getContentType())) {
      return new Outcome.Refused(Problem.MALFORMED);
    }
    byte[] body = request.getInputStream().readNBytes(MAX_BYTES + 1);
    if (body.length > MAX_BYTES) {
      return new Outcome.Refused(Problem.TOO_LARGE);
    }
    return parse(body)
        .<Outcome>map(Outcome.Read::new)
        .orElse(new Outcome.Refused(Problem.MALFORMED));
  }

  /// {@return the value of a field that is there exactly once}
  Optional<String> one(String name) {
    List<String> values = fields.getOrDefault(name, List.of());
    return values.size() == 1 ? Optional.of(values.getFirst()) : Optional.empty();
  }

  /// {@return the values of a field that may be there any number of times}
  List<String> all(String name) {
    return List.copyOf(fields.getOrDefault(name, List.of()));
  }

  /// {@return whether the form was made for this session}
  boolean carries(Session session) {
    return one("csrf").filter(session::owns).isPresent();
  }

  private static boolean isForm(String contentType) {
    return contentType != null
        && contentType
            .toLowerCase(Locale.ROOT)
            .split(";", 2)[0]
            .strip()
            .equals("application/x-www-form-urlencoded");
  }

  private static Optional<Form> parse(byte[] body) {
    Map<String, List<String>> fields = new HashMap<>();
    if (body.length == 0) {
      return Optional.of(new Form(fields));
    }
    for (String pair : new String(body, StandardCharsets.ISO_8859_1).split("&", -1)) {
      String[] parts = pair.split("=", 2);
      Optional<String> name = decode(parts[0]);
      Optional<String> value = parts.length == 2 ? decode(parts[1]) : Optional.empty();
      if (name.isEmpty() || value.isEmpty()) {
        return Optional.empty();
      }
      fields.computeIfAbsent(name.get(), _ -> new ArrayList<>()).add(value.get());
    }
    return Optional.of(new Form(fields));
  }

  private static Optional<String> decode(String encoded) {
    var bytes = ByteBuffer.allocate(encoded.length());
    for (int i = 0; i < encoded.length(); i++) {
      char c = encoded.charAt(i);
      if (c == '%') {
        if (i + 2 >= encoded.length()) {
          return Optional.empty();
        }
        int high = Character.digit(encoded.charAt(i + 1), 16);
        int low = Character.digit(encoded.charAt(i + 2), 16);
        if (high < 0 || low < 0) {
          return Optional.empty();
        }
        bytes.put((byte) (high << 4 | low));
        i += 2;
      } else {
        bytes.put(c == '+' ? (byte) ' ' : (byte) c);
      }
    }
    try {
      return Optional.of(StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }
}
