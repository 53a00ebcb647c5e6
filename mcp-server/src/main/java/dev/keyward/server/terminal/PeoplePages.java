package dev.keyward.server.terminal;

import dev.keyward.redaction.Secret;
import dev.keyward.redaction.TouchesSecret;
import dev.keyward.server.config.SafeUrl;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A broker's pages as a terminal reaches them: over https, or on this machine, and never on to
/// anywhere else.
public final class PeoplePages implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String PATH = "/from-terminal/";
  private static final int MISDIRECTED = 421;

  private final URI broker;
  private final Optional<Secret> token;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(PATIENCE)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();

  private PeoplePages(URI broker, Optional<Secret> token) {
    this.broker = broker;
    this.token = token;
  }

  /// {@return the pages at this address, for nobody yet}
  ///
  /// @throws IOException if others could read on the way there
  public static PeoplePages at(URI broker) throws IOException {
    if (!SafeUrl.isSafe(broker)) {
      throw new IOException("the URL must be https:// without a query (http:// on this machine)");
    }
    return new PeoplePages(broker, Optional.empty());
  }

  /// {@return the pages for whoever has let this terminal in}
  public static PeoplePages of(SignedIn signedIn) {
    return new PeoplePages(signedIn.broker(), Optional.of(signedIn.token()));
  }

  /// Why the broker did nothing.
  @SuppressWarnings("serial") // never serialized
  public static final class Refused extends IOException {
    private final String code;

    Refused(String code, String sentence) {
      super(sentence);
      this.code = code;
    }

    /// {@return a word, for example `authorization_pending`}
    public String code() {
      return code;
    }
  }

  /// {@return what is there}
  ///
  /// @param path beneath what is for terminals, for example `approvals`
  /// @throws Refused if the broker says no
  public JsonNode get(String path) throws IOException {
    return answer(request(path).timeout(PATIENCE).GET());
  }

  /// Sends a form, and returns what came of it.
  ///
  /// @throws Refused if the broker says no
  public JsonNode post(String path, Map<String, String> fields) throws IOException {
    String form =
        fields.entrySet().stream()
            .map(field -> encoded(field.getKey()) + "=" + encoded(field.getValue()))
            .collect(Collectors.joining("&"));
    return answer(
        request(path)
            .timeout(PATIENCE)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form)));
  }

  /// Waits until something has changed since, or until the broker ends the wait.
  ///
  /// @param seen the number that came with what was seen
  public void await(long seen) throws IOException {
    HttpResponse<Stream<String>> stream =
        send(request("live?seen=" + seen).GET(), HttpResponse.BodyHandlers.ofLines());
    try (Stream<String> lines = stream.body()) {
      if (stream.statusCode() != 200) {
        throw new IOException(complaint(stream.statusCode()));
      }
      lines.takeWhile(line -> !line.equals("event: changed")).forEach(_ -> {});
    } catch (UncheckedIOException e) {
      throw new IOException("the broker at " + broker + " has hung up", e);
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
  }

  @TouchesSecret
  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(broker.resolve(PATH + path));
    token.ifPresent(
        secret -> secret.use(text -> request.header("Authorization", "Bearer " + text)));
    return request;
  }

  private JsonNode answer(HttpRequest.Builder request) throws IOException {
    HttpResponse<String> response = send(request, HttpResponse.BodyHandlers.ofString());
    JsonNode json = json(response.body());
    if (response.statusCode() == 200 && json.isObject()) {
      return json;
    }
    throw new Refused(
        json.path("error").asString(""),
        json.path("message").asString(complaint(response.statusCode())));
  }

  private String complaint(int status) {
    return switch (status) {
      case MISDIRECTED -> broker + " is not the address under which this broker has its pages";
      case 404 -> "there are no pages of a broker at " + broker + ", or of an older one";
      default -> "the broker at " + broker + " answered with status " + status;
    };
  }

  private static JsonNode json(String text) {
    try {
      return JsonMapper.shared().readTree(text);
    } catch (JacksonException e) {
      return JsonMapper.shared().missingNode();
    }
  }

  private <T> HttpResponse<T> send(HttpRequest.Builder request, HttpResponse.BodyHandler<T> body)
      throws IOException {
    try {
      return http.send(request.build(), body);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (IOException e) {
      throw new IOException("no broker answers at " + broker, e);
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
