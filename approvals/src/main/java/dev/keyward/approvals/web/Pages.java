package dev.keyward.approvals.web;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Writes pages. The templates are compiled with the build and escape whatever they are given.
///
/// A page is rendered whole before its first byte is sent, so a fault never leaves half of one, and
/// is searched for secrets that the broker holds: whatever a view forgot to scrub ends here.
final class Pages {
  private final TemplateEngine templates =
      TemplateEngine.createPrecompiled(
          null, ContentType.Html, Pages.class.getClassLoader(), Pages.class.getPackageName());

  private static final Set<Problem> WITH_A_WAY_IN =
      Set.of(Problem.STRANGER, Problem.LINK_OVER, Problem.PASSKEY_NOT_LET_IN);

  private final Optional<String> signIn;
  private final boolean passkeys;
  private final LastSearch search;

  /// @param signIn what to call the sign-in elsewhere, where there is one
  /// @param passkeys whether passkeys sign people in here
  Pages(Optional<String> signIn, boolean passkeys, LastSearch search) {
    this.signIn = signIn;
    this.passkeys = passkeys;
    this.search = search;
  }

  void signIn(HttpServletResponse response, SignInPage page) throws IOException {
    write(response, HttpServletResponse.SC_OK, "sign-in.jte", page);
  }

  void queue(HttpServletResponse response, QueuePage page) throws IOException {
    write(response, HttpServletResponse.SC_OK, "queue.jte", page);
  }

  void together(HttpServletResponse response, int status, TogetherPage page) throws IOException {
    write(response, status, "together.jte", page);
  }

  void detail(HttpServletResponse response, int status, DetailPage page) throws IOException {
    write(response, status, "detail.jte", page);
  }

  void unknown(HttpServletResponse response, int status, UnknownPage page) throws IOException {
    write(response, status, "unknown.jte", page);
  }

  void sessions(HttpServletResponse response, SessionsPage page) throws IOException {
    write(response, HttpServletResponse.SC_OK, "sessions.jte", page);
  }

  void audit(HttpServletResponse response, int status, AuditPage page) throws IOException {
    write(response, status, "audit.jte", page);
  }

  void habits(HttpServletResponse response, HabitsPage page) throws IOException {
    write(response, HttpServletResponse.SC_OK, "habits.jte", page);
  }

  void accounts(HttpServletResponse response, int status, AccountsPage page) throws IOException {
    write(response, status, "accounts.jte", page);
  }

  void stop(HttpServletResponse response, int status, StopPage page) throws IOException {
    write(response, status, "stop.jte", page);
  }

  void passkey(HttpServletResponse response, int status, PasskeyPage page) throws IOException {
    write(response, status, "passkey.jte", page);
  }

  void terminal(HttpServletResponse response, int status, TerminalPage page) throws IOException {
    write(response, status, "terminal.jte", page);
  }

  void breakGlass(HttpServletResponse response, int status, BreakGlassPage page)
      throws IOException {
    write(response, status, "break-glass.jte", page);
  }

  void lending(HttpServletResponse response, int status, LendingPage page) throws IOException {
    write(response, status, "lending.jte", page);
  }

  void reviews(HttpServletResponse response, int status, ReviewsPage page) throws IOException {
    write(response, status, "reviews.jte", page);
  }

  void problem(HttpServletResponse response, Visitor visitor, Problem problem) throws IOException {
    boolean offers = WITH_A_WAY_IN.contains(problem);
    String elsewhere = offers ? signIn.orElse("") : "";
    var page = new ProblemPage(visitor, problem, elsewhere, offers && passkeys);
    write(response, problem.status(), "problem.jte", page);
  }

  private void write(HttpServletResponse response, int status, String template, Object page)
      throws IOException {
    send(response, status, scrubbed(rendered(template, page)));
  }

  /// Line by line: a text that takes too long to search costs its own line, never the page with all
  /// that waits beside it. What stands in several lines the views have scrubbed as one.
  private String scrubbed(String html) {
    return Arrays.stream(html.split("\n", -1)).map(search::of).collect(Collectors.joining("\n"));
  }

  private String rendered(String template, Object page) {
    var html = new StringOutput();
    templates.render(template, page, html);
    return html.toString();
  }

  private static void send(HttpServletResponse response, int status, String html)
      throws IOException {
    byte[] bytes = html.getBytes(StandardCharsets.UTF_8);
    response.setStatus(status);
    response.setContentType("text/html;charset=utf-8");
    response.setContentLength(bytes.length);
    response.getOutputStream().write(bytes);
  }
}
