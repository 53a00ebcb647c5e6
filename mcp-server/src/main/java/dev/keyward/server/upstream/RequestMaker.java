package dev.keyward.server.upstream;

import dev.keyward.catalog.HeaderField;
import dev.keyward.catalog.RequestBody;
import dev.keyward.catalog.UpstreamRequest;
import dev.keyward.redaction.Secret;
import dev.keyward.redaction.TouchesSecret;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.StringRequestContent;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;

/// Turns an [Outgoing] and a secret into Jetty's request, and refuses what could become another
/// one.
///
/// Framing and `Host` are the client's business, and no value holds a line end, so neither a tool's
/// headers nor a secret can add a header or a second request.
final class RequestMaker {
  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
  private static final Pattern PATH = Pattern.compile("/(?!/)[!$%&'()*+,./0-9:;=?@A-Z_a-z~-]*");
  private static final Pattern VALUE = Pattern.compile("(?:[!-~](?:[ -~]*[!-~])?)?");
  private static final Set<String> NOT_THE_TOOLS =
      Set.of(
          "host",
          "content-length",
          "content-type",
          "transfer-encoding",
          "connection",
          "keep-alive",
          "proxy-connection",
          "proxy-authorization",
          "te",
          "trailer",
          "upgrade",
          "expect",
          "accept-encoding",
          "user-agent");

  /// Of path and headers together; most servers take 8 KiB, and the client more than this.
  private static final int MOST_HEAD_CHARS = 48 << 10;

  private final InstantSource clock;

  RequestMaker(InstantSource clock) {
    this.clock = clock;
  }

  /// {@return a request to the tool's own origin}
  ///
  /// @throws Unusable if request or credential hold what HTTP cannot carry, or a credential that
  ///   the tool needs is absent
  Request make(HttpClient client, Outgoing outgoing, Optional<Secret> secret) throws Unusable {
    UpstreamRequest wanted = outgoing.request();
    check(TOKEN.matcher(wanted.method()).matches());
    check(PATH.matcher(wanted.pathAndQuery()).matches());
    var bare =
        new PlacedCredential.Bare(
            wanted.method(),
            outgoing.origin().getRawAuthority(),
            wanted.pathAndQuery(),
            wanted.body());
    var credential = PlacedCredential.of(outgoing.placement(), secret, bare, clock.instant());
    String target = credential.target();
    HttpFields headers = headers(outgoing, credential);
    check(target.length() + headers.asString().length() <= MOST_HEAD_CHARS);
    try {
      Request made =
          client
              .newRequest(outgoing.origin())
              .method(wanted.method())
              .path(target)
              .headers(all -> headers.forEach(all::put));
      credential.body().ifPresent(body -> made.body(content(body)));
      return made;
    } catch (IllegalArgumentException e) {
      throw new Unusable(Failure.REQUEST_UNUSABLE); // without the cause: it quotes the path
    }
  }

  /// {@return a request of the broker's own}
  ///
  /// @throws Unusable if it holds what HTTP cannot carry
  @TouchesSecret
  Request make(HttpClient client, Enquiry enquiry) throws Unusable {
    HttpFields.Mutable headers = HttpFields.build();
    headers.put(HttpHeader.ACCEPT, "application/json");
    headers.put(HttpHeader.ACCEPT_ENCODING, "gzip");
    for (var header : enquiry.headers().entrySet()) {
      check(TOKEN.matcher(header.getKey()).matches());
      check(header.getValue().<Boolean>use(text -> VALUE.matcher(text).matches()));
      headers.put(header.getKey(), header.getValue().<String>use(text -> text));
    }
    String query = enquiry.url().getRawQuery();
    String path = enquiry.url().getRawPath() + (query == null ? "" : "?" + query);
    check(PATH.matcher(path).matches());
    try {
      Request made =
          client
              .newRequest(enquiry.url().resolve("/"))
              .method(enquiry.method())
              .path(path)
              .headers(all -> headers.forEach(all::put));
      enquiry.content().ifPresent(content -> made.body(content(content)));
      return made;
    } catch (IllegalArgumentException e) {
      throw new Unusable(Failure.REQUEST_UNUSABLE); // without the cause: it quotes the path
    }
  }

  @TouchesSecret
  private static Request.Content content(Enquiry.Content content) {
    return content
        .text()
        .use(text -> new StringRequestContent(content.type(), text, StandardCharsets.UTF_8));
  }

  private static HttpFields headers(Outgoing outgoing, PlacedCredential credential)
      throws Unusable {
    HttpFields.Mutable headers = HttpFields.build();
    for (HeaderField field : outgoing.request().headers()) {
      put(headers, field);
    }
    if (outgoing.idempotency().isPresent()) {
      put(headers, outgoing.idempotency().get());
    }
    headers.put(HttpHeader.ACCEPT_ENCODING, "gzip");
    credential.addTo(headers);
    return headers;
  }

  private static void put(HttpFields.Mutable headers, HeaderField field) throws Unusable {
    check(TOKEN.matcher(field.name()).matches());
    check(!NOT_THE_TOOLS.contains(field.name().toLowerCase(Locale.ROOT)));
    check(VALUE.matcher(field.value()).matches());
    headers.put(field.name(), field.value());
  }

  private static Request.Content content(RequestBody body) {
    return new StringRequestContent(body.contentType(), body.content(), StandardCharsets.UTF_8);
  }

  private static void check(boolean sendable) throws Unusable {
    if (!sendable) {
      throw new Unusable(Failure.REQUEST_UNUSABLE);
    }
  }
}
