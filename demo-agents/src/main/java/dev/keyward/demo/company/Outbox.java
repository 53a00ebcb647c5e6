package dev.keyward.demo.company;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What the CRM sends to customers: links for new passwords, and messages. Any thread.
///
/// A message's answer repeats its text, as careless systems do.
final class Outbox {
  private final CompanyKey token;
  private final List<String> messages = new ArrayList<>();

  /// @param token what its links open with
  Outbox(CompanyKey token) {
    this.token = token;
  }

  /// {@return the link for a customer}
  String link(String customer) {
    return "https://crm.example.com/password/" + customer + "?token=" + token.reveal();
  }

  /// Sends `text` to the requester of a ticket.
  synchronized ObjectNode send(String ticket, String text) {
    messages.add(text);
    return JsonNodeFactory.instance
        .objectNode()
        .put("id", "msg_" + messages.size())
        .put("ticket_id", ticket)
        .put("text", text);
  }

  /// {@return the texts that were sent, oldest first}
  synchronized List<String> sent() {
    return List.copyOf(messages);
  }
}
