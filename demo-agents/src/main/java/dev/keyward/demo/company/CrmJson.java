package dev.keyward.demo.company;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The CRM's JSON.
final class CrmJson {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final JsonMapper MAPPER = JsonMapper.shared();

  private CrmJson() {}

  /// {@return a ticket with everything, what nobody outside should see included}
  static ObjectNode ticket(Ticket ticket, Leaks leaks) {
    ObjectNode json = NODES.objectNode();
    json.put("id", ticket.id());
    json.put("subject", ticket.subject());
    json.put("status", ticket.status());
    json.put("priority", ticket.priority());
    json.set("requester", contact(ticket.customer().contact()));
    json.put("customer_id", ticket.customer().id());
    json.put("body", ticket.body());
    json.put("created_at", ticket.createdAt().toString());
    json.put("updated_at", ticket.updatedAt().toString());
    ArrayNode notes = json.putArray("notes");
    for (Note note : ticket.notes()) {
      notes.add(note(note));
    }
    json.set("internal_debug", debug(ticket, leaks));
    return json;
  }

  /// {@return a ticket as a search shows it}
  static ObjectNode found(Ticket ticket) {
    ObjectNode json = NODES.objectNode();
    json.put("id", ticket.id());
    json.put("subject", ticket.subject());
    json.put("status", ticket.status());
    json.put("priority", ticket.priority());
    json.put("customer_id", ticket.customer().id());
    json.put("updated_at", ticket.updatedAt().toString());
    return json;
  }

  /// {@return the answer to a note that was written}
  static ObjectNode written(String ticket, Note note) {
    ObjectNode json = NODES.objectNode();
    json.put("id", note.id());
    json.put("ticket_id", ticket);
    json.put("text", note.text());
    json.put("author", note.author());
    json.put("created_at", note.createdAt().toString());
    return json;
  }

  /// {@return what the debug endpoint tells about the request it was asked with}
  static ObjectNode debugRequest(Leaks leaks) {
    ObjectNode json = NODES.objectNode();
    json.put("handler", "DebugController#request");
    ObjectNode headers = json.putObject("headers");
    headers.put("authorization_base64", leaks.authorizationBase64());
    return json;
  }

  static ObjectNode error(String code, String message) {
    ObjectNode json = NODES.objectNode();
    json.putObject("error").put("code", code).put("message", message);
    return json;
  }

  /// {@return an error that repeats the request's header}
  static ObjectNode brokenShard(String authorization) {
    ObjectNode json =
        error(
            "shard_unavailable",
            "Shard crm-eu-2 did not answer; request was sent with Authorization: " + authorization);
    ObjectNode request = json.withObject("/error").putObject("request");
    request.putObject("headers").put("authorization", authorization);
    return json;
  }

  /// {@return the JSON object in `body`}
  ///
  /// @throws IllegalArgumentException if it is none
  static ObjectNode object(String body) {
    try {
      if (MAPPER.readTree(body) instanceof ObjectNode object) {
        return object;
      }
    } catch (JacksonException broken) {
      throw new IllegalArgumentException("The body is not JSON.", broken);
    }
    throw new IllegalArgumentException("The body is not a JSON object.");
  }

  private static ObjectNode contact(Contact contact) {
    ObjectNode json = NODES.objectNode();
    json.put("id", contact.id());
    json.put("name", contact.name());
    json.put("email", contact.email());
    return json;
  }

  private static ObjectNode note(Note note) {
    ObjectNode json = NODES.objectNode();
    json.put("id", note.id());
    json.put("author", note.author());
    json.put("text", note.text());
    json.put("created_at", note.createdAt().toString());
    json.put("internal", note.internal());
    return json;
  }

  private static JsonNode debug(Ticket ticket, Leaks leaks) {
    ObjectNode json = NODES.objectNode();
    json.put("shard", "crm-eu-2");
    json.put("row_version", ticket.notes().size() + 1);
    json.put("auth_b64", leaks.authorizationBase64());
    json.put("session_hex", leaks.keyHex());
    return json;
  }
}
