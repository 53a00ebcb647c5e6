package dev.keyward.demo.company;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The CRM's paths.
final class CrmEndpoints implements Endpoints {
  private static final int DEFAULT_LIMIT = 20;
  private static final int MAX_LIMIT = 100;
  private static final int MAX_NOTE_LENGTH = 10_000;

  private final TicketShelf shelf;
  private final Outbox outbox;
  private final Leaks leaks;
  private final CrmPages pages;

  CrmEndpoints(TicketShelf shelf, Outbox outbox, Leaks leaks) {
    this.shelf = shelf;
    this.outbox = outbox;
    this.leaks = leaks;
    this.pages = new CrmPages(leaks);
  }

  @Override
  public Reply answer(Request request) {
    List<String> path = request.segments();
    return switch (String.join("/", path.subList(0, Math.min(2, path.size())))) {
      case "api/tickets" -> tickets(request, path.subList(2, path.size()));
      case "api/customers" -> customers(request, path.subList(2, path.size()));
      case "debug/request" -> get(request, () -> Reply.json(200, CrmJson.debugRequest(leaks)));
      default ->
          path.size() == 2 && path.getFirst().equals("pages")
              ? get(request, () -> page(path.getLast()))
              : notFound("There is nothing at this path.");
    };
  }

  @Override
  public Reply unauthorized(boolean keyPresented) {
    String message = keyPresented ? "This API key is not known." : "An API key is required.";
    return Reply.json(401, CrmJson.error("unauthorized", message))
        .with("WWW-Authenticate", "Bearer realm=\"crm\"");
  }

  @Override
  public Reply unreadable(int status, String rule) {
    return Reply.json(status, CrmJson.error("bad_request", rule));
  }

  private Reply tickets(Request request, List<String> rest) {
    if (rest.isEmpty()) {
      return get(request, () -> search(request));
    }
    if (rest.size() == 1) {
      return get(request, () -> read(rest.getFirst()));
    }
    if (rest.size() == 2 && rest.getLast().equals("notes")) {
      return request.method().equals("POST")
          ? addNote(request, rest.getFirst())
          : notAllowed("POST");
    }
    if (rest.size() == 2 && rest.getLast().equals("messages")) {
      return request.method().equals("POST") ? send(request, rest.getFirst()) : notAllowed("POST");
    }
    return notFound("There is nothing at this path.");
  }

  private Reply customers(Request request, List<String> rest) {
    if (rest.size() != 2 || !rest.getLast().equals("reset-link")) {
      return notFound("There is nothing at this path.");
    }
    String customer = rest.getFirst();
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("customer", customer);
    return get(request, () -> Reply.json(200, json.put("link", outbox.link(customer))));
  }

  private Reply send(Request request, String ticket) {
    try {
      String text = CrmJson.object(request.body()).path("text").asString("");
      return shelf.find(ticket).isEmpty()
          ? notFound("There is no such ticket.")
          : Reply.json(201, outbox.send(ticket, text));
    } catch (IllegalArgumentException broken) {
      return badRequest("The body must be a JSON object.");
    }
  }

  private Reply read(String id) {
    return switch (id) {
      case World.BROKEN -> Reply.json(503, CrmJson.brokenShard(leaks.authorization()));
      case World.BROKEN_ENCODED ->
          Reply.json(500, CrmJson.brokenShard(leaks.authorizationBase64()));
      default ->
          shelf
              .find(id)
              .map(ticket -> Reply.json(200, CrmJson.ticket(ticket, leaks)))
              .orElseGet(() -> notFound("There is no such ticket."));
    };
  }

  private Reply search(Request request) {
    Optional<Integer> limit = limit(request);
    if (limit.isEmpty()) {
      return badRequest("limit must be an integer from 1 to " + MAX_LIMIT + ".");
    }
    List<Ticket> all =
        shelf.search(request.parameter("query").orElse(""), request.parameter("status").orElse(""));
    Optional<Integer> start = start(all, request.parameter("cursor"));
    if (start.isEmpty()) {
      return badRequest("cursor is not one that a search has given.");
    }
    int end = Math.min(all.size(), start.get() + limit.get());
    return Reply.json(200, found(all.subList(start.get(), end), end < all.size()));
  }

  private Reply addNote(Request request, String id) {
    Optional<Ticket> ticket = shelf.find(id);
    if (ticket.isEmpty()) {
      return notFound("There is no such ticket.");
    }
    JsonNode body;
    try {
      body = CrmJson.object(request.body());
    } catch (IllegalArgumentException broken) {
      return badRequest("The body must be a JSON object.");
    }
    String text = body.path("text").asString("");
    if (text.isBlank() || text.length() > MAX_NOTE_LENGTH) {
      return badRequest("text must have 1 to " + MAX_NOTE_LENGTH + " characters.");
    }
    boolean internal = body.path("internal").asBoolean(true);
    String idempotencyKey = request.header("idempotency-key").orElse("");
    Note note = shelf.write(ticket.get(), text, internal, idempotencyKey);
    return Reply.json(201, CrmJson.written(id, note));
  }

  private Reply page(String slug) {
    return pages.html(slug).map(Reply::html).orElseGet(() -> notFound("There is no such page."));
  }

  private static ObjectNode found(List<Ticket> page, boolean more) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    var tickets = json.putArray("tickets");
    page.forEach(ticket -> tickets.add(CrmJson.found(ticket)));
    if (more) {
      return json.put("next_cursor", cursor(page.getLast()));
    }
    return json.putNull("next_cursor");
  }

  private static Optional<Integer> start(List<Ticket> all, Optional<String> cursor) {
    if (cursor.isEmpty()) {
      return Optional.of(0);
    }
    for (int i = 0; i < all.size(); i++) {
      if (cursor(all.get(i)).equals(cursor.get())) {
        return Optional.of(i + 1);
      }
    }
    return Optional.empty();
  }

  private static String cursor(Ticket last) {
    byte[] bytes = ("after:" + last.id()).getBytes(StandardCharsets.UTF_8);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static Optional<Integer> limit(Request request) {
    try {
      int limit = request.parameter("limit").map(Integer::parseInt).orElse(DEFAULT_LIMIT);
      return limit >= 1 && limit <= MAX_LIMIT ? Optional.of(limit) : Optional.empty();
    } catch (NumberFormatException notANumber) {
      return Optional.empty();
    }
  }

  private static Reply get(Request request, Supplier<Reply> reply) {
    return request.method().equals("GET") ? reply.get() : notAllowed("GET");
  }

  private static Reply badRequest(String message) {
    return Reply.json(400, CrmJson.error("invalid_request", message));
  }

  private static Reply notFound(String message) {
    return Reply.json(404, CrmJson.error("not_found", message));
  }

  private static Reply notAllowed(String allowed) {
    return Reply.json(405, CrmJson.error("method_not_allowed", "Use " + allowed + "."))
        .with("Allow", allowed);
  }
}
