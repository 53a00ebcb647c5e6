package dev.keyward.approvals.web;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/// `/` leads to the queue; every address that no other servlet has is not there.
@SuppressWarnings("serial") // servlets are not serialized
final class HomeServlet extends HttpServlet {
  private final Pages pages;

  HomeServlet(Pages pages) {
    this.pages = pages;
  }

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (request.getRequestURI().equals("/")) {
      Redirect.to(response, "/approvals");
      return;
    }
    pages.problem(response, new Visitor.Stranger(), Problem.NOT_FOUND);
  }
}
