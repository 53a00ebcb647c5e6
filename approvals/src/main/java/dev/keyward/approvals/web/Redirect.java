package dev.keyward.approvals.web;

import jakarta.servlet.http.HttpServletResponse;

/// `303 See Other`: what comes after a form is fetched with GET.
final class Redirect {
  private Redirect() {}

  /// @param path a path of ours, never from a request
  static void to(HttpServletResponse response, String path) {
    response.setStatus(HttpServletResponse.SC_SEE_OTHER);
    response.setHeader("Location", path);
  }
}
