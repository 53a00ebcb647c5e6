package dev.keyward.approvals.web;

import dev.keyward.approvals.Undecided;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// `GET /news`: how many requests wait for this person, and of the newest the name and the tool's
/// title, as JSON: what a browser says of them while nobody looks at the page, and no more.
@SuppressWarnings("serial") // servlets are not serialized
final class NewsServlet extends SignedInServlet {
  static final String PATH = "/news";

  private static final int NAMED = 100;
  private static final Comparator<Undecided> NEWEST_FIRST =
      Comparator.comparing(Undecided::asked).thenComparing(each -> each.id().value()).reversed();

  private final Views views;
  private final TerminalAnswers answers;

  NewsServlet(Sessions sessions, Views views, Pages pages, TerminalAnswers answers) {
    super(sessions, pages);
    this.views = views;
    this.answers = answers;
  }

  @Override
  void show(Visit visit) throws IOException {
    List<Undecided> waiting = views.waiting(visit.session());
    ObjectNode news = JsonNodeFactory.instance.objectNode().put("waiting", waiting.size());
    ArrayNode newest = news.putArray("newest");
    views
        .inFull(waiting.stream().sorted(NEWEST_FIRST).limit(NAMED).toList())
        .forEach(
            request ->
                newest
                    .addObject()
                    .put("approval", request.id().value())
                    .put("title", request.shown().title()));
    answers.send(visit.response(), HttpServletResponse.SC_OK, news);
  }

  @Override
  void take(Visit visit, Form form) throws IOException {
    visit.problem(Problem.METHOD);
  }
}
