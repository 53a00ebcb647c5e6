package dev.keyward.server.upstream;

import dev.keyward.catalog.ResponseKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import tools.jackson.databind.JsonNode;

/// Turns an answer's bytes into JSON, strictly: the declared type, a known charset and encoding, at
/// most so many bytes once unpacked, no byte that does not decode.
final class AnswerReader {
  private static final Pattern MEDIA_TYPE =
      Pattern.compile("([!#$&^_.+a-z0-9-]+)/([!#$&^_.+a-z0-9-]+)\\s*(?:;.*)?");
  private static final Pattern CHARSET =
      Pattern.compile(";\\s*charset\\s*=\\s*\"?([^\";\\s]+)", Pattern.CASE_INSENSITIVE);

  /// Others are decoded in more than one way by somebody, so they are refused.
  private static final Map<String, Charset> CHARSETS =
      Map.of(
          "utf-8", StandardCharsets.UTF_8,
          "utf8", StandardCharsets.UTF_8,
          "us-ascii", StandardCharsets.US_ASCII,
          "iso-8859-1", StandardCharsets.ISO_8859_1);

  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private final ResponseKind kind;
  private final int mostBytes;
  private final boolean readsSuccess;

  AnswerReader(ResponseKind kind, int mostBytes) {
    this(kind, mostBytes, true);
  }

  /// @param readsSuccess whether a success's body is read; if not it may be of any type
  AnswerReader(ResponseKind kind, int mostBytes, boolean readsSuccess) {
    this.kind = kind;
    this.mostBytes = mostBytes;
    this.readsSuccess = readsSuccess;
  }

  /// Judges an answer by its status and headers, before its body is read.
  ///
  /// @throws Unusable if no body could make it useful
  void checkHead(int status, HttpFields headers) throws Unusable {
    if (status >= 300 && status < 400) {
      throw new Unusable(Failure.REDIRECTED);
    }
    if (status < 200 || status > 599) {
      throw new Unusable(Failure.MALFORMED);
    }
    if (readsSuccess && isSuccess(status) && headers.contains(HttpHeader.CONTENT_TYPE)) {
      charset(headers);
      isPacked(headers);
    }
  }

  /// {@return the answer's JSON, a string of its text, or a file with its type; JSON null for an
  /// empty body or one that is not read}
  ///
  /// @throws Unusable only for a success; an error's unusable body is JSON null
  JsonNode read(int status, HttpFields headers, Body body) throws Unusable {
    boolean read = isSuccess(status) ? readsSuccess : kind != ResponseKind.FILE;
    if (body.isEmpty() || !read) {
      return AnswerJson.nothing();
    }
    try {
      return read(headers, body);
    } catch (Unusable e) {
      if (isSuccess(status)) {
        throw e;
      }
      return AnswerJson.nothing();
    }
  }

  static boolean isSuccess(int status) {
    return status >= 200 && status < 300;
  }

  private JsonNode read(HttpFields headers, Body body) throws Unusable {
    Charset charset = charset(headers);
    ByteBuffer bytes = isPacked(headers) ? unpacked(body) : body.buffer();
    if (kind == ResponseKind.FILE) {
      return AnswerJson.file(type(headers), bytes);
    }
    if (kind == ResponseKind.JSON && isAscii(bytes)) {
      return AnswerJson.parse(bytes);
    }
    String text = decoded(bytes, charset);
    return switch (kind) {
      case JSON -> AnswerJson.parse(withoutMark(text));
      case TEXT, HTML, FILE -> AnswerJson.text(text);
    };
  }

  private static String type(HttpFields headers) {
    String type = headers.get(HttpHeader.CONTENT_TYPE).strip();
    int parameters = type.indexOf(';');
    return (parameters < 0 ? type : type.substring(0, parameters).strip()).toLowerCase(Locale.ROOT);
  }

  /// RFC 8259 knows no charset but UTF-8 for JSON; other types default to it as well.
  private Charset charset(HttpFields headers) throws Unusable {
    List<String> types = headers.getValuesList(HttpHeader.CONTENT_TYPE);
    String type = types.size() == 1 ? types.getFirst().toLowerCase(Locale.ROOT).strip() : "";
    Matcher media = MEDIA_TYPE.matcher(type);
    if (!media.matches() || !fits(media.group(1), media.group(2))) {
      throw new Unusable(Failure.WRONG_TYPE);
    }
    Matcher named = CHARSET.matcher(type);
    boolean text = kind != ResponseKind.FILE && named.find();
    Charset charset = text ? CHARSETS.get(named.group(1)) : StandardCharsets.UTF_8;
    if (charset == null) {
      throw new Unusable(Failure.WRONG_TYPE);
    }
    return charset;
  }

  private boolean fits(String type, String subtype) {
    return switch (kind) {
      case JSON -> type.equals("application") && (subtype.equals("json") || isJson(subtype));
      case TEXT -> type.equals("text") && !subtype.equals("event-stream");
      case HTML -> type.equals("text") && subtype.equals("html");
      case FILE -> true;
    };
  }

  private static boolean isJson(String subtype) {
    return subtype.endsWith("+json") && subtype.length() > "+json".length();
  }

  private static boolean isPacked(HttpFields headers) throws Unusable {
    List<String> encodings = headers.getCSV(HttpHeader.CONTENT_ENCODING, false);
    if (encodings.isEmpty()) {
      return false;
    }
    String encoding = encodings.getFirst().toLowerCase(Locale.ROOT);
    if (encodings.size() > 1 || !List.of("gzip", "x-gzip", "identity").contains(encoding)) {
      throw new Unusable(Failure.WRONG_TYPE);
    }
    return !encoding.equals("identity");
  }

  private ByteBuffer unpacked(Body body) throws Unusable {
    try (var stream = new GZIPInputStream(body.stream())) {
      byte[] bytes = stream.readNBytes(mostBytes + 1);
      if (bytes.length > mostBytes) {
        throw new Unusable(Failure.TOO_LARGE);
      }
      return ByteBuffer.wrap(bytes);
    } catch (IOException e) {
      throw new Unusable(Failure.MALFORMED);
    }
  }

  /// Then there is one way to read them. Not so with a NUL, by which parsers take text for UTF-16.
  private static boolean isAscii(ByteBuffer bytes) {
    for (int i = bytes.position(); i < bytes.limit(); i++) {
      if (bytes.get(i) <= 0) {
        return false;
      }
    }
    return true;
  }

  private static String decoded(ByteBuffer bytes, Charset charset) throws Unusable {
    try {
      return charset
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(bytes)
          .toString();
    } catch (CharacterCodingException e) {
      throw new Unusable(Failure.MALFORMED);
    }
  }

  private static String withoutMark(String text) {
    return !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
  }
}
