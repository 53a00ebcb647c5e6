package dev.keyward.approvals.web;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/// `GET /static/{name}`: the stylesheet, the scripts and the logo, from memory; browsers keep them
/// and ask with the ETag whether they are still the same.
@SuppressWarnings("serial") // servlets are not serialized
final class StaticServlet extends HttpServlet {
  private final Map<String, Asset> assets;
  private final Pages pages;

  private record Asset(String type, String text, String etag) {}

  StaticServlet(Pages pages) {
    this.pages = pages;
    this.assets =
        Map.of(
            "/keyward.css", asset("keyward.css", "text/css;charset=utf-8"),
            "/keyward.js", asset("keyward.js", "text/javascript;charset=utf-8"),
            "/htmx-4.0.1.min.js", asset("htmx-4.0.1.min.js", "text/javascript;charset=utf-8"),
            "/keyward.svg", asset("keyward.svg", "image/svg+xml"));
  }

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Optional<Asset> found =
        Optional.ofNullable(request.getPathInfo()).map(path -> assets.get(path));
    if (found.isEmpty()) {
      pages.problem(response, new Visitor.Stranger(), Problem.NOT_FOUND);
      return;
    }
    Asset asset = found.get();
    response.setHeader("Cache-Control", "no-cache");
    response.setHeader("ETag", asset.etag());
    if (asset.etag().equals(request.getHeader("If-None-Match"))) {
      response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
      return;
    }
    response.setContentType(asset.type());
    byte[] bytes = asset.text().getBytes(StandardCharsets.UTF_8);
    response.setContentLength(bytes.length);
    response.getOutputStream().write(bytes);
  }

  private static Asset asset(String name, String type) {
    try (InputStream in = StaticServlet.class.getResourceAsStream("static/" + name)) {
      if (in == null) {
        throw new IllegalStateException("not in the jar: static/" + name);
      }
      byte[] bytes = in.readAllBytes();
      String text = new String(bytes, StandardCharsets.UTF_8);
      return new Asset(type, text, "\"" + Tokens.fingerprint(bytes) + "\"");
    } catch (IOException e) {
      throw new IllegalStateException("not readable in the jar: static/" + name, e);
    }
  }
}
