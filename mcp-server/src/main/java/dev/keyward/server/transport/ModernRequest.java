package dev.keyward.server.transport;

import dev.keyward.server.pipeline.Interaction;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// One request of revision 2026-07-28, and what it says about itself in `_meta`: there is no
/// handshake and no session, so each request says all of it (MCP 2026-07-28, "_meta").
///
/// Of what the client says it is, only the name is read, and nothing but how long it is kept
/// waiting depends on it.
///
/// @param id the JSON-RPC id: a string or a long
/// @param inbound its parameters, an object
/// @param revision the revision that it names, whether or not it is spoken here
/// @param capabilities what the client can do for the time of this request: an object
record ModernRequest(
    Object id, String method, Inbound inbound, String revision, JsonNode capabilities) {
  /// What is spoken here, newest first.
  static final List<String> REVISIONS = List.of("2026-07-28");

  /// Before the keys of `_meta` that the protocol defines.
  static final String PREFIX = "io.modelcontextprotocol/";

  private static final String REVISION = PREFIX + "protocolVersion";
  private static final String CAPABILITIES = PREFIX + "clientCapabilities";
  private static final String CLIENT = PREFIX + "clientInfo";
  private static final Pattern NAME = Pattern.compile("[\\x21-\\x7e]{1,64}");
  private static final Pattern DATE = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");

  /// {@return whether a revision of that name belongs to this era, known or not}
  static boolean isModern(String revision) {
    return DATE.matcher(revision).matches() && revision.compareTo(REVISIONS.getLast()) >= 0;
  }

  /// {@return what the client calls itself; empty if it has not said}
  String clientName() {
    return Presented.nameIn(inbound.params().path("_meta").path(CLIENT));
  }

  /// {@return whether a message of these parameters says that it belongs to this era}
  static boolean claims(Inbound inbound) {
    return inbound.params().path("_meta").has(REVISION);
  }

  /// Reads what a request says about itself.
  ///
  /// @throws ModernFault naming the key that is missing or has another form
  static ModernRequest of(JSONRPCRequest request) throws ModernFault {
    var inbound = (Inbound) request.params();
    JsonNode meta = inbound.params().path("_meta");
    JsonNode revision = meta.path(REVISION);
    if (!revision.isString() || !NAME.matcher(revision.stringValue()).matches()) {
      throw ModernFault.envelope(REVISION, "a short word");
    }
    if (!meta.path(CAPABILITIES).isObject()) {
      throw ModernFault.envelope(CAPABILITIES, "an object");
    }
    if (meta.has(CLIENT) && !meta.path(CLIENT).isObject()) {
      throw ModernFault.envelope(CLIENT, "an object");
    }
    return new ModernRequest(
        request.id(), request.method(), inbound, revision.stringValue(), meta.path(CAPABILITIES));
  }

  /// Refuses a revision that is not spoken here.
  void requireSpoken() throws ModernFault {
    if (!REVISIONS.contains(revision)) {
      throw ModernFault.revision(revision);
    }
  }

  /// {@return whether the client declares this capability, for example `/elicitation/url`}
  boolean declares(String pointer) {
    return capabilities.at(pointer).isObject();
  }

  /// {@return what the client was asked for in an earlier round, by the key it was asked under: an
  /// object; missing in a first round}
  JsonNode inputResponses() {
    return inbound.params().path("inputResponses");
  }

  /// {@return what an answer of an earlier round asked the client to bring back; anybody may have
  /// written it}
  Optional<String> requestState() {
    return inbound.params().path("requestState").stringValueOpt();
  }

  /// {@return what the client can do for its user, and what it brings back from an earlier round}
  Interaction interaction() {
    JsonNode said = inputResponses().path(ModernResults.QUESTION).path("action");
    boolean declined = said.isString() && !said.stringValue().equals("accept");
    return new Interaction(
        ModernTasks.declaredBy(this), declares("/elicitation/url"), requestState(), declined);
  }

  /// {@return the parameter that the header `Mcp-Name` repeats; empty where there is none}
  Optional<String> name() {
    String field =
        switch (method) {
          case "tools/call", "prompts/get" -> "name";
          case "resources/read" -> "uri";
          case "tasks/get", "tasks/update", "tasks/cancel" -> "taskId";
          default -> "";
        };
    return inbound.params().path(field).stringValueOpt();
  }
}
