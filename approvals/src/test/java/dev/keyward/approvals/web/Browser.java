package dev.keyward.approvals.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// As much of a browser as a test needs: it keeps cookies, sends forms, and follows nothing.
final class Browser {
  private static final HttpClient HTTP =
      HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build();

  private final URI server;
  private final URI origin;
  private final List<String> cookies = new ArrayList<>();

  Browser(URI server, URI origin) {
    this.server = server;
    this.origin = origin;
  }

  /// What came back.
  record Page(HttpResponse<String> response) {
    int status() {
      return response.statusCode();
    }

    String body() {
      return response.body();
    }

    String header(String name) {
      return response.headers().firstValue(name).orElse("");
    }

    /// {@return the value of a hidden field}
    String field(String name) {
      Matcher found =
          Pattern.compile("<input type=\"hidden\" name=\"" + name + "\" value=\"([^\"]*)\">")
              .matcher(body());
      return found.find() ? found.group(1) : "";
    }

    /// {@return the digest of all that the page shows of a request}
    String view() {
      Matcher found = Pattern.compile("<code class=\"view\">([^<]*)</code>").matcher(body());
      return found.find() ? found.group(1) : "";
    }

    /// {@return an empty form}
    Form form() {
      return new Form(List.of());
    }

    /// {@return the form with one decision for all that the page shows}
    Form together(String decision, String reason) {
      Form form =
          form().with("csrf", field("csrf")).with("reason", reason).with("decision", decision);
      for (String item : items()) {
        form = form.and("item", item);
      }
      return form;
    }

    /// {@return what the page sends of each request that it decides on}
    List<String> items() {
      return Pattern.compile("name=\"item\" value=\"([^\"]+)\"")
          .matcher(body())
          .results()
          .map(found -> found.group(1))
          .toList();
    }

    /// {@return the decision form, filled in}
    Form decision(String decision, String reason) {
      return form()
          .with("csrf", field("csrf"))
          .with("digest", field("digest"))
          .with("view", view())
          .with("reason", reason)
          .with("decision", decision);
    }
  }

  /// Fields of a form, in order.
  record Form(List<String> pairs) {
    Form with(String name, String value) {
      List<String> more = new ArrayList<>(without(name).pairs());
      more.add(name + "=" + URLEncoder.encode(value, UTF_8));
      return new Form(more);
    }

    /// Once more, beside what is there.
    Form and(String name, String value) {
      List<String> more = new ArrayList<>(pairs);
      more.add(name + "=" + URLEncoder.encode(value, UTF_8));
      return new Form(more);
    }

    Form twice(String name) {
      List<String> more = new ArrayList<>(pairs);
      pairs.stream().filter(pair -> pair.startsWith(name + "=")).forEach(more::add);
      return new Form(more);
    }

    Form without(String name) {
      return new Form(
          pairs.stream().filter(pair -> !pair.startsWith(name + "=")).collect(Collectors.toList()));
    }

    String encoded() {
      return String.join("&", pairs);
    }
  }

  Page open(String path, String... headers) {
    return send(request(path, headers).GET());
  }

  Page submit(String path, Form form) {
    return post(path, form.encoded(), "Origin", origin.toString());
  }

  /// Sends a form with just these headers.
  Page post(String path, String body, String... headers) {
    return send(
        request(path, headers)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  Page method(String method, String path) {
    return send(
        request(path, "Origin", origin.toString())
            .method(method, HttpRequest.BodyPublishers.noBody()));
  }

  /// {@return all cookies, as they are sent}
  String cookie() {
    return String.join("; ", cookies);
  }

  void carry(String otherCookie) {
    cookies.clear();
    keep(otherCookie);
  }

  private void keep(String cookie) {
    if (!cookie.isEmpty()) {
      cookies.add(cookie);
    }
  }

  private void set(String text) {
    String cookie = text.split(";", 2)[0];
    cookies.removeIf(old -> old.startsWith(cookie.split("=", 2)[0] + "="));
    keep(text.contains("Max-Age=0") ? "" : cookie);
  }

  private HttpRequest.Builder request(String path, String... headers) {
    HttpRequest.Builder builder = HttpRequest.newBuilder(server.resolve(path));
    if (!cookies.isEmpty()) {
      builder.header("Cookie", cookie());
    }
    if (headers.length > 0) {
      builder.headers(headers);
    }
    return builder;
  }

  private Page send(HttpRequest.Builder request) {
    try {
      var page = new Page(HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString()));
      page.response().headers().allValues("Set-Cookie").forEach(this::set);
      return page;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
