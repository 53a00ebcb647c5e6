package dev.keyward.approvals.web;

import dev.keyward.approvals.ApprovalRequest;
import dev.keyward.approvals.Subject;
import dev.keyward.call.CanonicalJson;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What one person is shown of one request, and its digest, to which their decision is bound.
///
/// The digest is SHA-256 over a canonical document (RFC 8785) with every text as the page has it,
/// secrets taken out; of the time that passes or is left, and of other people's answers, it knows
/// nothing.
///
/// @param summary the operator's line, with argument values in it
/// @param gone what the call approved last had and this one has not
/// @param comparedWith the request approved last; empty if there is none
/// @param said what the agent's side says for itself
/// @param before how things are before the call, where its tool says by what to read that
/// @param inspectable whether everything could be shown
/// @param document all of it, for who has no page
/// @param digest SHA-256 of the document, 64 lower-case hexadecimal digits
record Shown(
    List<Piece> summary,
    List<Argument> arguments,
    List<Argument> gone,
    String comparedWith,
    Said said,
    Optional<BeforeAfter> before,
    boolean inspectable,
    ObjectNode document,
    String digest) {
  private static final int FORMAT = 2;

  static Shown of(
      ApprovalRequest request,
      Subject.Call call,
      List<Piece> summary,
      List<Argument> arguments,
      List<Argument> gone,
      String comparedWith,
      Said said,
      Optional<BeforeAfter> before,
      boolean inspectable) {
    ObjectNode document = facts(request, call);
    request
        .edit()
        .ifPresent(
            edit ->
                document
                    .put("edited_by", edit.by().value())
                    .put("edited_at", edit.at().toString())
                    .put("running_digest", edit.digest().value()));
    document.put("summary", Piece.text(summary));
    document.put("inspectable", inspectable);
    document.put("compared_with", comparedWith);
    if (said.anything()) {
      document.set("said", said.document());
    }
    arguments.forEach(argument -> add(argument, document.withArray("arguments")));
    gone.forEach(argument -> add(argument, document.withArray("gone")));
    before.ifPresent(read -> add(read, document.putObject("before")));
    String digest = CanonicalJson.sha256(document);
    return new Shown(
        summary, arguments, gone, comparedWith, said, before, inspectable, document, digest);
  }

  private static ObjectNode facts(ApprovalRequest request, Subject.Call call) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("v", FORMAT)
        .put("approval", request.id().value())
        .put("call_digest", request.digest().value())
        .put("title", call.title())
        .put("tool", call.tool().value())
        .put("tier", call.tier().wire())
        .put("system", call.system())
        .put("origin", call.origin())
        .put("agent", call.caller().agent().value())
        .put("agent_type", call.caller().agentType())
        .put("workspace", call.caller().workspace())
        .put("owner", call.caller().owner().value())
        .put("run", call.caller().run().value())
        .put("behalf", call.caller().delegator().map(Words::behalf).orElse(""))
        .put("rule", request.rule())
        .put("kind", request.kind().wire())
        .put("single_operator", request.singleOperator())
        .put("asked", request.asked().toString());
  }

  private static void add(BeforeAfter before, ObjectNode out) {
    out.put("tool", before.tool());
    out.put("read_at", before.at());
    out.put("problem", before.problem());
    for (BeforeAfter.Field field : before.fields()) {
      ObjectNode item = out.withArray("fields").addObject();
      item.put("name", Piece.text(field.name()));
      item.put("now", Piece.text(field.now()));
      item.put("note", field.note());
      switch (field.then()) {
        case BeforeAfter.Then.Unsaid() -> {}
        case BeforeAfter.Then.LeftOut(var argument) -> item.put("left_out", argument);
        case BeforeAfter.Then.Same(var argument) -> item.put("same", argument);
        case BeforeAfter.Then.Becomes(var argument, var value) ->
            item.put("argument", argument).put("then", Piece.text(value));
      }
    }
  }

  private static void add(Argument argument, ArrayNode out) {
    ObjectNode item = out.addObject();
    item.put("name", Piece.text(argument.name()));
    item.put("type", argument.type());
    item.put("value", Piece.text(argument.value()));
    switch (argument.change()) {
      case Argument.Change.Alone(), Argument.Change.Same() -> {}
      case Argument.Change.Fresh() -> item.put("new", true);
      case Argument.Change.Other(var was) -> item.put("was", Piece.text(was));
    }
    ArrayNode handles = item.putArray("handles");
    argument.handles().forEach(handles::add);
  }
}
