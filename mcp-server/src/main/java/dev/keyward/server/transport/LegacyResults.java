package dev.keyward.server.transport;

import dev.keyward.call.CallId;
import dev.keyward.redaction.Redacted;
import dev.keyward.server.pipeline.Answer;
import dev.keyward.server.pipeline.Waiting;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.Content;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse.JSONRPCError;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The results of the revisions up to 2025-11-25.
final class LegacyResults implements Results {
  @Override
  public RpcReply listed(Redacted tools) {
    var result = JsonNodeFactory.instance.objectNode();
    result.set("tools", tools.json());
    return new RpcReply.Result(result);
  }

  @Override
  public Optional<PageQuestion> question(CallId call, Waiting waiting) {
    return waiting
        .page()
        .map(
            page ->
                new PageQuestion(
                    call, waiting.pending().approval().value(), waiting.words(), page));
  }

  @Override
  public RpcReply called(Answer answer) {
    return answer
        .next()
        .map(round -> openFirst(answer, round.page()))
        .orElseGet(() -> last(answer));
  }

  /// Who can show its user a page is told to do so and to call again, in place of a pending answer.
  private static RpcReply openFirst(Answer answer, URI page) {
    Map<String, Object> data = meta(answer);
    String approval = answer.meta().json().at("/keyward~1call/approval").asString("");
    var question = new PageQuestion(answer.call(), approval, answer.text(), page);
    data.put("elicitations", List.of(question.params()));
    return new RpcReply.Failure(
        new JSONRPCError(RpcReply.OPEN_PAGE_FIRST, answer.text().text(), data));
  }

  private static RpcReply last(Answer answer) {
    List<Content> content = new ArrayList<>();
    content.add(TextContent.builder(answer.text().text()).build());
    answer.note().ifPresent(note -> content.add(TextContent.builder(note).build()));
    answer.file().ifPresent(file -> content.add(FileBlock.legacy(answer.call(), file)));
    Optional<Object> structured =
        answer.error() ? Optional.empty() : answer.structured().map(value -> value.json());
    return new RpcReply.Result(
        new CallToolResult(content, answer.error(), structured.orElse(null), meta(answer)));
  }

  /// {@return the machine copy that goes with an answer}
  static Map<String, Object> meta(Answer answer) {
    Map<String, Object> meta = new LinkedHashMap<>();
    if (answer.meta().json() instanceof ObjectNode object) {
      object.properties().forEach(field -> meta.put(field.getKey(), field.getValue()));
    }
    return meta;
  }
}
