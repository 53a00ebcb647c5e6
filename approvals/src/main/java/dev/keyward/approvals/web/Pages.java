package dev.keyward.approvals.web;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Writes pages. The templates are compiled with the build and escape whatever they are given.
///
/// A page is rendered whole before its first byte is sent, so a fault never leaves half of one.
final class Pages {
  private final TemplateEngine templates =
      TemplateEngine.createPrecompiled(
          null, ContentType.Html, Pages.class.getClassLoader(), Pages.class.getPackageName());

  private final Optional<String> signIn;

  /// @param signIn what to call the sign-in elsewhere, where there is one
  Pages(Optional<String> signIn) {
    this.signIn = signIn;
  }

  void signIn(HttpServletResponse response, SignInPage page) throws IOException {
    write(response, HttpServletResponse.SC_OK, "sign-in.jte", page);
  }

  void queue(HttpServletResponse response, QueuePage page) throws IOException {
    write(response, HttpServletResponse.SC_OK, "queue.jte", page);
  }

  void detail(HttpServletResponse response, int status, DetailPage page) throws IOException {
    write(response, status, "detail.jte", page);
  }

  void unknown(HttpServletResponse response, int status, UnknownPage page) throws IOException {
    write(response, status, "unknown.jte", page);
  }

  void stop(HttpServletResponse response, int status, StopPage page) throws IOException {
    write(response, status, "stop.jte", page);
  }

  void problem(HttpServletResponse response, Visitor visitor, Problem problem) throws IOException {
    String elsewhere = problem == Problem.STRANGER ? signIn.orElse("") : "";
    write(response, problem.status(), "problem.jte", new ProblemPage(visitor, problem, elsewhere));
  }

  private void write(HttpServletResponse response, int status, String template, Object page)
      throws IOException {
    var html = new StringOutput();
    templates.render(template, page, html);
    byte[] bytes = html.toString().getBytes(StandardCharsets.UTF_8);
    response.setStatus(status);
    response.setContentType("text/html;charset=utf-8");
    response.setContentLength(bytes.length);
    response.getOutputStream().write(bytes);
  }
}
