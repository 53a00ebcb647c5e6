package dev.keyward.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Element;

/// A person with a browser: opens pages, reads them, and submits their forms.
public final class Reviewer {
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final Supplier<URI> broker;
  private final Map<String, String> cookies = new LinkedHashMap<>();
  private final List<String> seen = new CopyOnWriteArrayList<>();

  private Reviewer(Supplier<URI> broker) {
    this.broker = broker;
  }

  /// Opens a sign-in link, and submits its form.
  ///
  /// @throws IllegalStateException if that signs nobody in
  static Reviewer signIn(URI link) {
    URI origin = link.resolve("/");
    return signIn(() -> origin, link)
        .orElseThrow(() -> new IllegalStateException("the link signs nobody in"));
  }

  /// Uses a sign-in link of a broker whose address may change.
  ///
  /// @param broker where its pages are at the moment
  /// @return empty if the link signs nobody in
  public static Optional<Reviewer> signIn(Supplier<URI> broker, URI link) {
    var person = new Reviewer(broker);
    HttpResponse<String> page = person.get(link.getRawPath());
    var token = Jsoup.parse(page.body()).select("input[name=token]");
    HttpResponse<String> answer = person.post("/sign-in", Map.of("token", token.attr("value")));
    return answer.statusCode() == 303 ? Optional.of(person) : Optional.empty();
  }

  /// {@return somebody who is signed in already}
  static Reviewer withCookie(URI broker, String cookie) {
    var person = new Reviewer(() -> broker);
    String[] parts = cookie.split("=", 2);
    person.cookies.put(parts[0], parts[1]);
    return person;
  }

  /// Approves what the page shows; returns the status of the answer, 303 where it counted.
  public int approve(String approval) {
    return decide(approval, "approve", "");
  }

  /// Denies it, with a reason.
  public int deny(String approval, String reason) {
    return decide(approval, "deny", reason);
  }

  /// Keeps it open for longer.
  public int keepOpen(String approval) {
    return decide(approval, "prolong", "");
  }

  /// {@return the page of one request}
  public HttpResponse<String> open(String approval) {
    return get("/approvals/" + approval);
  }

  /// {@return the page at `path`}
  public HttpResponse<String> get(String path) {
    return send(request(path).GET());
  }

  /// {@return all that any page has said to this person, headers included}
  public String all() {
    return String.join("\n", seen);
  }

  /// Approves what has this digest, whether or not the page offers a button for it.
  public int force(String approval, String digest) {
    var page = Jsoup.parse(open(approval).body());
    String csrf = page.select("input[name=csrf]").attr("value");
    String view = page.select("code.view").text();
    return post(
            "/approvals/" + approval,
            Map.of(
                "csrf", csrf, "digest", digest, "view", view, "decision", "approve", "reason", ""))
        .statusCode();
  }

  /// {@return what the page of one request would send for this decision}
  Map<String, String> read(String approval, String decision) {
    return filled("/approvals/" + approval, Map.of("decision", decision, "reason", ""));
  }

  /// Sends what was read; returns the status of the answer.
  int press(String approval, Map<String, String> read) {
    return post("/approvals/" + approval, read).statusCode();
  }

  private int decide(String approval, String decision, String reason) {
    return submit("/approvals/" + approval, Map.of("decision", decision, "reason", reason));
  }

  /// Opens the page at `path` and submits its form with the hidden fields as the page has them;
  /// returns the status of the answer.
  public int submit(String path, Map<String, String> typed) {
    return submitted(path, typed).statusCode();
  }

  /// The same; returns the answer.
  HttpResponse<String> submitted(String path, Map<String, String> typed) {
    return post(path, filled(path, typed));
  }

  private Map<String, String> filled(String path, Map<String, String> typed) {
    var page = Jsoup.parse(get(path).body());
    var fields = new LinkedHashMap<String, String>();
    for (Element hidden : page.select("input[type=hidden]")) {
      fields.put(hidden.attr("name"), hidden.attr("value"));
    }
    fields.putAll(typed);
    return fields;
  }

  /// {@return where `path` is}
  URI address(String path) {
    return broker.get().resolve(path);
  }

  private HttpResponse<String> post(String path, Map<String, String> fields) {
    String form =
        fields.entrySet().stream()
            .map(field -> encode(field.getKey()) + "=" + encode(field.getValue()))
            .collect(Collectors.joining("&"));
    return send(
        request(path)
            .header("Origin", broker.get().getScheme() + "://" + broker.get().getRawAuthority())
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form)));
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(broker.get().resolve(path));
    if (!cookies.isEmpty()) {
      request.header(
          "Cookie",
          cookies.entrySet().stream()
              .map(cookie -> cookie.getKey() + "=" + cookie.getValue())
              .collect(Collectors.joining("; ")));
    }
    return request;
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      var answer = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
      answer.headers().allValues("Set-Cookie").forEach(this::keep);
      seen.add(answer.headers().map() + "\n" + answer.body());
      return answer;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private void keep(String cookie) {
    int equals = cookie.indexOf('=');
    int end = cookie.indexOf(';');
    cookies.put(
        cookie.substring(0, equals), cookie.substring(equals + 1, end < 0 ? cookie.length() : end));
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
