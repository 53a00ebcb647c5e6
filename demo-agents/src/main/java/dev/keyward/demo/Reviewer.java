package dev.keyward.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;

/// A person with a browser: signs in with a one-time link, opens a request, reads it, and presses a
/// button. All that is sent comes from the page's own forms.
final class Reviewer {
  private final String name;
  private final URI pages;
  private final Wiretap tap;
  private final Map<String, String> cookies = new LinkedHashMap<>();

  /// A request as the page showed it.
  ///
  /// @param text its visible text
  /// @param form the form that decides, where this person may
  record Page(String text, Optional<Element> form) {
    /// {@return whether the page shows `value`}
    boolean shows(String value) {
      return text.contains(value);
    }
  }

  private Reviewer(String name, URI pages, Wiretap tap) {
    this.name = name;
    this.pages = pages;
    this.tap = tap;
  }

  /// Opens the link, which shows a form, and submits it, which uses the link up.
  ///
  /// @param tap hears everything that the pages send
  /// @throws IllegalStateException if the link does not sign anybody in
  static Reviewer signIn(String name, URI link, Wiretap tap) {
    var person = new Reviewer(name, link.resolve("/"), tap);
    Element form =
        person
            .page(link.getRawPath())
            .form()
            .orElseThrow(() -> new IllegalStateException("no form"));
    HttpResponse<String> answer = person.submit(form, Map.of());
    if (answer.statusCode() != 303 || person.cookies.isEmpty()) {
      throw new IllegalStateException("the sign-in link was not accepted");
    }
    return person;
  }

  String name() {
    return name;
  }

  /// {@return the page of a request}
  Page open(String approval) {
    return page("/approvals/" + approval);
  }

  /// Presses "approve" on the page of a request.
  ///
  /// @return whether the decision was recorded
  boolean approve(String approval) {
    return decide(approval, "approve", "");
  }

  /// Presses "deny" and says why.
  ///
  /// @return whether the decision was recorded
  boolean deny(String approval, String reason) {
    return decide(approval, "deny", reason);
  }

  /// {@return whether this person's page of the request still has a form that could decide}
  boolean mayDecide(String approval) {
    return open(approval).form().isPresent();
  }

  private boolean decide(String approval, String decision, String reason) {
    Optional<Element> form = open(approval).form();
    return form.isPresent()
        && submit(form.get(), Map.of("decision", decision, "reason", reason)).statusCode() == 303;
  }

  private Page page(String path) {
    HttpResponse<String> answer = send(request(pages.resolve(path)).GET());
    Document document = Jsoup.parse(answer.body(), pages.toString());
    Optional<Element> form =
        document.select("main form[method=post]").stream()
            .filter(found -> !found.attr("action").contains("sign-out"))
            .findFirst();
    return new Page(document.body().text(), form);
  }

  /// Sends the form's hidden fields as the page gave them, and what the person adds.
  private HttpResponse<String> submit(Element form, Map<String, String> choices) {
    var fields = new LinkedHashMap<String, String>();
    form.select("input[type=hidden]")
        .forEach(input -> fields.put(input.attr("name"), input.attr("value")));
    fields.putAll(choices);
    String body =
        fields.entrySet().stream()
            .map(field -> encode(field.getKey()) + "=" + encode(field.getValue()))
            .collect(Collectors.joining("&"));
    String origin = pages.getScheme() + "://" + pages.getAuthority();
    return send(
        request(pages.resolve(form.attr("action")))
            .header("Origin", origin)
            .header("Sec-Fetch-Site", "same-origin")
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(body)));
  }

  private HttpRequest.Builder request(URI address) {
    HttpRequest.Builder request = HttpRequest.newBuilder(address);
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
    try (HttpClient http = tap.clients().build()) {
      HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
      answer.headers().allValues("Set-Cookie").forEach(this::keep);
      return answer;
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", stopped);
    }
  }

  /// As browsers on this machine do, cookies marked `Secure` are sent to loopback as well.
  private void keep(String cookie) {
    String pair = cookie.split(";", 2)[0];
    int equals = pair.indexOf('=');
    if (equals > 0) {
      cookies.put(pair.substring(0, equals).strip(), pair.substring(equals + 1).strip());
    }
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
