package dev.keyward.approvals.web;

import dev.keyward.store.StoreUnavailable;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Stands before every page: the right host, a form only from our own pages, the same headers on
/// every answer, and no fault's text on any.
///
/// The token in the form is the servlets' to check, since only they know the session.
final class Guard implements Filter {
  private static final System.Logger LOG = System.getLogger(Guard.class.getName());

  /// Under which no browser asks for anything.
  static final String OF_TERMINALS = "/from-terminal";

  private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST");

  // Referrer-Policy is not "no-referrer": browsers then send "Origin: null" with our own forms.
  // Other
  // sites are told nothing with "same-origin" either.
  private static final Map<String, String> HEADERS =
      Map.of(
          "Content-Security-Policy",
          "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self';"
              + " img-src 'self'; form-action 'self';"
              + " base-uri 'none'; frame-ancestors 'none'",
          "Cross-Origin-Opener-Policy",
          "same-origin",
          "Cross-Origin-Resource-Policy",
          "same-origin",
          "X-Content-Type-Options",
          "nosniff",
          "X-Frame-Options",
          "DENY",
          "Referrer-Policy",
          "same-origin",
          "Permissions-Policy",
          "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
          "Cache-Control",
          "no-store");

  private final Pages pages;
  private final String origin;
  private final String host;

  Guard(Pages pages, URI origin) {
    this.pages = pages;
    this.origin = origin.toString().toLowerCase(Locale.ROOT);
    this.host = bare(origin.getHost());
  }

  @Override
  public void doFilter(ServletRequest asked, ServletResponse answered, FilterChain chain)
      throws IOException, ServletException {
    var request = (HttpServletRequest) asked;
    var response = (HttpServletResponse) answered;
    HEADERS.forEach(response::setHeader);
    Optional<Problem> objection = objection(request);
    if (objection.isPresent()) {
      refuse(response, objection.get());
      return;
    }
    try {
      chain.doFilter(request, new OwnErrors(response));
    } catch (StoreUnavailable e) {
      LOG.log(System.Logger.Level.ERROR, "a page could not be served: no store", e);
      refuse(response, Problem.UNAVAILABLE);
    } catch (RuntimeException | ServletException e) {
      LOG.log(System.Logger.Level.ERROR, "a page could not be served", e);
      refuse(response, Problem.BROKEN);
    }
  }

  private Optional<Problem> objection(HttpServletRequest request) {
    if (request.getHeader("Host") == null || !bare(request.getServerName()).equals(host)) {
      return Optional.of(Problem.MISDIRECTED);
    }
    if (!METHODS.contains(request.getMethod())) {
      return Optional.of(Problem.METHOD);
    }
    if ((request.getServletPath() + "/").startsWith(OF_TERMINALS + "/")) {
      return fromAPage(request) ? Optional.of(Problem.FOREIGN) : Optional.empty();
    }
    if (request.getMethod().equals("POST") && !fromOurPages(request)) {
      return Optional.of(Problem.FOREIGN);
    }
    return Optional.empty();
  }

  /// A browser says with every form where it comes from, in one of these headers or both; what says
  /// neither is no browser, and has no business here.
  private boolean fromOurPages(HttpServletRequest request) {
    String site = request.getHeader("Sec-Fetch-Site");
    String from = request.getHeader("Origin");
    boolean said = site != null || from != null;
    return said
        && (site == null || site.equals("same-origin"))
        && (from == null || from.toLowerCase(Locale.ROOT).equals(origin));
  }

  /// What a browser sends, whoever has written the page: terminals send none of it, so no page can
  /// speak for one.
  private static boolean fromAPage(HttpServletRequest request) {
    return Stream.of("Origin", "Sec-Fetch-Site", "Cookie")
        .anyMatch(header -> request.getHeader(header) != null);
  }

  private void refuse(HttpServletResponse response, Problem problem) throws IOException {
    if (response.isCommitted()) {
      throw new IOException("the answer had begun");
    }
    response.resetBuffer();
    pages.problem(response, new Visitor.Stranger(), problem);
  }

  private static String bare(String host) {
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    return (bracketed ? host.substring(1, host.length() - 1) : host).toLowerCase(Locale.ROOT);
  }

  /// Answers in our own words where the container would in its own.
  private final class OwnErrors extends HttpServletResponseWrapper {
    private final HttpServletResponse response;

    OwnErrors(HttpServletResponse response) {
      super(response);
      this.response = response;
    }

    @Override
    public void sendError(int status) throws IOException {
      refuse(response, Problem.of(status));
    }

    @Override
    public void sendError(int status, String message) throws IOException {
      sendError(status);
    }
  }
}
