package dev.keyward.server.pipeline;

import dev.keyward.call.CallId;
import dev.keyward.call.CanonicalJson;
import dev.keyward.call.Refusal;
import dev.keyward.call.Withholding;
import dev.keyward.catalog.Binding;
import dev.keyward.catalog.HandleField;
import dev.keyward.catalog.HttpBinding;
import dev.keyward.catalog.IdField;
import dev.keyward.catalog.ResponseKind;
import dev.keyward.catalog.SqlBinding;
import dev.keyward.catalog.Tool;
import dev.keyward.catalog.ToolCall;
import dev.keyward.redaction.KnownSecrets;
import dev.keyward.redaction.Redacted;
import dev.keyward.redaction.Redactor;
import dev.keyward.redaction.Secret;
import dev.keyward.redaction.hostile.Unseen;
import dev.keyward.redaction.html.HtmlText;
import dev.keyward.server.handle.GivenHandles;
import dev.keyward.server.handle.Handles;
import dev.keyward.server.policy.PermittedCall;
import dev.keyward.server.upstream.Failure;
import dev.keyward.server.upstream.Reply;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Stage 9: words what happened for the agent, and lets nothing out that has not been scrubbed.
final class Answers {
  static final String META = "keyward/call";
  private static final Set<String> OUTCOMES =
      Set.of("ok", "upstream_error", new Refusal.Withheld().code(), "answer_lost");
  private static final String CHANGED =
      "A person changed this call before agreeing to it. It was carried out, if at all, with these"
          + " arguments in place of yours; do not repeat it with your own: ";
  private static final int FIRST_ERROR = 300;
  private static final int FIRST_SUCCESS = 200;

  private final Redactor redactor;
  private final Handles handles;
  private final Echoes echoes;
  private final OutputFit fit = new OutputFit();
  private final Fences fences = new Fences();

  Answers(Redactor redactor, Handles handles, Echoes echoes) {
    this.redactor = redactor;
    this.handles = handles;
    this.echoes = echoes;
  }

  /// {@return what the upstream said, projected and scrubbed}
  ///
  /// @throws Redactor.Uncertain if it cannot be scrubbed with certainty
  /// @throws dev.keyward.store.StoreUnavailable if handles for it cannot be stored
  Answer of(PermittedCall permitted, Reply.Answered reply) {
    ToolCall call = permitted.call();
    Redactor careful = careful(permitted);
    boolean success = reply.status() >= FIRST_SUCCESS && reply.status() < FIRST_ERROR;
    if (permitted.forPeople()) {
      return success ? forPeople(call, careful, reply.body()) : unread(call, reply.status());
    }
    return success ? success(call, careful, reply.body()) : error(call, careful, reply);
  }

  /// People see no more than an agent would, but for characters that are unseen, which their page
  /// shows. Nothing becomes a handle: what would have is left out, wherever it stands.
  private Answer forPeople(ToolCall call, Redactor careful, JsonNode body) {
    JsonNode projected = call.tool().projection().apply(body);
    Redacted read = withoutPersonal(call, scrubbed(call, careful, careful.scrub(projected)));
    Set<String> out = new LinkedHashSet<>(keptApart(careful, projected));
    List<Secret> values = new ArrayList<>();
    for (HandleField field : call.tool().handles().fields()) {
      for (String at : field.placesIn(projected)) {
        out.add(at);
        String value = projected.at(at).asString("");
        values.addAll(value.isEmpty() ? List.of() : List.of(Secret.of(value)));
      }
    }
    if (out.stream().anyMatch(at -> read.json().at(at).isMissingNode())) {
      return withheld(call.id()); // a name on the way to it was scrubbed
    }
    Redacted left = careful.scrub(read.withheldAt(out), KnownSecrets.of(values));
    return new Answer(call.id(), false, left, Optional.empty(), meta(facts(call.id(), "ok")));
  }

  /// Where a secret is found once unseen characters are left out, which may have kept it apart.
  private static List<String> keptApart(Redactor careful, JsonNode projected) {
    JsonNode seen = Unseen.DROP.in(projected);
    return seen.equals(projected)
        ? List.of()
        : careful.scrub(seen).scrubbedAt().stream()
            .filter(at -> !seen.at(at).equals(projected.at(at)))
            .toList();
  }

  private Answer unread(ToolCall call, int status) {
    return sentence(
        call.id(), "The service answered with an error.", true, facts(call.id(), "http_" + status));
  }

  /// Personal data is off, unless the tool or a rule of the policy wants it out.
  private Redactor careful(PermittedCall permitted) {
    Set<String> personal = new HashSet<>(permitted.call().tool().care().personal());
    personal.addAll(permitted.judgement().personal());
    return redactor.withPersonal(personal);
  }

  /// {@return the sentence of a refusal, with tool names in the form that the agent used}
  Answer of(IncomingCall incoming, Refusal refusal) {
    return of(incoming.id(), incoming.toolName(), refusal);
  }

  /// {@return the sentence of a refusal of a call that named its tool so}
  Answer of(CallId call, String toolName, Refusal refusal) {
    ObjectNode facts = facts(call, refusal.code());
    if (refusal instanceof Refusal.Pending(var approval, var kind, var expires)) {
      facts.put("approval", approval.value());
      facts.put("kind", kind.wire());
      facts.put("expires", expires.toString());
    }
    if (refusal instanceof Refusal.HandleRefused(_, var fault)) {
      facts.put("fault", fault.wire());
    }
    refusal.comeAgain().ifPresent(wait -> facts.put("retry_after_s", Refusal.seconds(wait)));
    String text = ApprovalTools.namedAs(toolName, refusal.message());
    return sentence(call, text + " (call " + call + ")", true, facts);
  }

  /// {@return what the client of a held call is told meanwhile}
  Redacted waitingFor(Refusal.Pending pending) {
    return redactor.scrub(
        "Waiting for people: approval "
            + pending.approval()
            + ", open until "
            + pending.expires()
            + ".");
  }

  /// {@return the answer, with what people have changed about its call; the answer where nothing}
  Answer changed(Answer answer, Optional<PermittedCall> changed) {
    Optional<ObjectNode> values = changed.map(Answers::changes).filter(found -> !found.isEmpty());
    if (values.isEmpty() || !(answer.meta().json().path(META) instanceof ObjectNode facts)) {
      return answer;
    }
    ObjectNode more = facts.deepCopy();
    more.set("changed", values.get());
    more.put("note", CHANGED + redactor.scrub(values.get()).text());
    return answer.with(meta(more));
  }

  /// The arguments that differ, as they are now; null for one that was left out.
  private static ObjectNode changes(PermittedCall changed) {
    JsonNode now = changed.call().arguments().json();
    JsonNode asked = changed.asked().orElseThrow().recorded().arguments().json();
    ObjectNode changes = JsonNodeFactory.instance.objectNode();
    Set<String> names = new TreeSet<>(now.propertyNames());
    names.addAll(asked.propertyNames());
    for (String name : names) {
      JsonNode value = now.has(name) ? now.get(name) : JsonNodeFactory.instance.nullNode();
      boolean same = asked.has(name) && now.has(name) && same(value, asked.get(name));
      if (!same) {
        changes.set(name, value);
      }
    }
    return changes;
  }

  private static boolean same(JsonNode one, JsonNode other) {
    return CanonicalJson.write(one).equals(CanonicalJson.write(other));
  }

  /// {@return tools that were looked for, as they are listed}
  Answer found(IncomingCall incoming, ArrayNode tools) {
    CallId call = incoming.id();
    ObjectNode found = JsonNodeFactory.instance.objectNode();
    found.set("tools", tools);
    ObjectNode facts = facts(call, "ok").put("found", tools.size());
    return new Answer(call, false, redactor.scrub(found), Optional.empty(), meta(facts));
  }

  /// {@return how a request to people stands}
  Answer told(IncomingCall incoming, ApprovalTools.Told told) {
    CallId call = incoming.id();
    ObjectNode facts = facts(call, told.code());
    facts.put("approval", told.approval().value());
    String text = ApprovalTools.namedAs(incoming.toolName(), told.sentence());
    return sentence(call, text, told.error(), facts);
  }

  /// {@return that a run was given what it asked for}
  Answer granted(IncomingCall incoming, Instant until) {
    String text = "Granted until " + until + ". Make the calls that need it.";
    return sentence(incoming.id(), text, false, facts(incoming.id(), "granted"));
  }

  /// {@return the answer of a call that ran, and whose result cannot be shown}
  Answer withheld(CallId call) {
    return plain(call, new Refusal.Withheld());
  }

  /// {@return the same, where it is known why}
  Answer withheld(CallId call, Withholding why) {
    return plain(call, new Refusal.Withheld(why));
  }

  private Answer plain(CallId call, Refusal refusal) {
    return sentence(
        call, refusal.message() + " (call " + call + ")", true, facts(call, refusal.code()));
  }

  /// {@return whether the answer says what became of a call that was sent}
  static boolean tellsOutcome(Answer answer) {
    return OUTCOMES.contains(answer.meta().json().path(META).path("code").asString(""));
  }

  /// {@return from how many values of the answer something was taken out}
  int scrubbedIn(Answer answer) {
    return answer.structured().orElse(answer.text()).scrubbedAt().size();
  }

  /// {@return the ids that the agent will see in the answer, by kind}
  Map<String, Set<String>> idsIn(ToolCall call, Answer answer) {
    Map<String, Set<String>> ids = new HashMap<>();
    for (IdField field : call.tool().projection().ids()) {
      if (!answer.error()) {
        ids.computeIfAbsent(field.kind(), _ -> new LinkedHashSet<>())
            .addAll(field.idsIn(answer.text().json()));
      }
    }
    return ids;
  }

  /// {@return what to say where there is no usable answer}
  Refusal unusable(Failure failure) {
    return switch (failure) {
      case UNREACHABLE -> new Refusal.UpstreamUnreachable();
      case ADDRESS_REFUSED -> new Refusal.AddressNotAllowed();
      case CREDENTIAL_UNUSABLE -> new Refusal.CredentialMissing();
      case CANCELLED -> new Refusal.Cancelled();
      case LOGIN_REFUSED,
          REQUEST_UNUSABLE,
          TIMED_OUT,
          TOO_LARGE,
          WRONG_TYPE,
          REDIRECTED,
          MALFORMED,
          BROKEN_OFF ->
          new Refusal.UpstreamUnusable(failure.words());
    };
  }

  private Answer success(ToolCall call, Redactor careful, JsonNode body) {
    boolean file = kind(call.tool().binding()) == ResponseKind.FILE && body.isObject();
    return file ? file(call, careful, body) : shown(call, careful, body);
  }

  /// What is no text follows its declared kind.
  private Answer file(ToolCall call, Redactor careful, JsonNode file) {
    String type = file.path("type").asString("");
    byte[] bytes = file.path("data").binaryValue();
    String words = FileWords.of(type, bytes);
    return switch (call.tool().care().files().of(type)) {
      case WITHHELD -> withheld(call.id(), Withholding.FILE_TYPE);
      case DESCRIBED -> shown(call, careful, text(words + " Its content is not shown."));
      case PASSED ->
          careful
              .file(type, bytes, handles.known(call.caller().run()))
              .map(passed -> shown(call, careful, text(words)).with(passed))
              .orElseGet(() -> withheld(call.id()));
    };
  }

  private static JsonNode text(String words) {
    return JsonNodeFactory.instance.stringNode(words);
  }

  private Answer shown(ToolCall call, Redactor careful, JsonNode body) {
    Tool tool = call.tool();
    JsonNode projected = unseen(tool).in(tool.projection().apply(readable(tool.binding(), body)));
    if (echoes.tell(call.caller(), projected)) {
      return withheld(call.id());
    }
    if (!tool.handles().giveAny()) {
      return success(
          call, withoutPersonal(call, scrubbed(call, careful, careful.scrub(projected))));
    }
    return handles
        .give(call, projected, careful.scrubHeld(projected))
        .map(given -> success(call, withHandles(call, careful, given)))
        .orElseGet(() -> withheld(call.id()));
  }

  private Redacted withHandles(ToolCall call, Redactor careful, GivenHandles given) {
    Set<String> types = call.tool().handles().found().keySet();
    if (types.isEmpty()) {
      Redacted scrubbed = scrubbed(call, careful, careful.scrub(given.left()));
      return given.in(withoutPersonal(call, scrubbed));
    }
    Redacted left = withoutPersonal(call, careful.scrubBut(given.left(), types));
    List<Redacted.Taken> found =
        careful.guessed(left.json(), types).stream()
            .filter(each -> !given.standIn(each.pointer()))
            .toList();
    GivenHandles more = handles.giveFound(call, left, found);
    return given.in(more.in(scrubbed(call, careful, careful.scrub(more.left()))));
  }

  private Redacted scrubbed(ToolCall call, Redactor careful, Redacted once) {
    return withoutValues(call, careful, once.defanged());
  }

  /// Fields that the catalog declares as personal data, whatever they hold.
  private static Redacted withoutPersonal(ToolCall call, Redacted scrubbed) {
    List<String> at = new ArrayList<>();
    for (String path : call.tool().care().personalFields()) {
      for (String place : HandleField.places(path, scrubbed.json())) {
        if (!scrubbed.json().at(place).isNull()) {
          at.add(place);
        }
      }
    }
    return scrubbed.withheldAt(at);
  }

  private Answer success(ToolCall call, Redacted scrubbed) {
    Tool tool = call.tool();
    ObjectNode facts = facts(call.id(), "ok");
    Redacted fenced = fences.around(tool, scrubbed, facts);
    if (tool.outputSchema().isEmpty()) {
      return new Answer(call.id(), false, fenced, Optional.empty(), meta(facts));
    }
    Optional<Redacted> fitted = fit.fit(tool, scrubbed);
    return fitted
        .map(data -> fitted(call, data, fences.around(tool, data, facts), facts))
        .orElseGet(() -> misfit(call.id(), scrubbed));
  }

  /// Data that would break its schema with a fence in it has none; the text for the model has.
  private Answer fitted(ToolCall call, Redacted data, Redacted fenced, ObjectNode facts) {
    Redacted structured = fit.fits(call.tool(), fenced) ? fenced : data;
    return new Answer(call.id(), false, fenced, Optional.of(structured), meta(facts));
  }

  private Answer misfit(CallId call, Redacted scrubbed) {
    return scrubbed.scrubbedAt().isEmpty()
        ? plain(
            call, new Refusal.UpstreamUnusable("does not have the shape that its catalog declares"))
        : withheld(call);
  }

  /// What handles of this run stand for is taken out wherever else it stands.
  private Redacted withoutValues(ToolCall call, Redactor careful, Redacted scrubbed) {
    Redacted left = scrubbed;
    for (KnownSecrets values : handles.known(call.caller().run())) {
      left = careful.scrub(left, values);
    }
    return left;
  }

  private Answer error(ToolCall call, Redactor careful, Reply.Answered reply) {
    Tool tool = call.tool();
    JsonNode declared = unseen(tool).in(tool.projection().applyToError(reply.body()));
    if (echoes.tell(call.caller(), declared)) {
      return withheld(call.id());
    }
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("message", "The service answered with an error.");
    body.put("status", reply.status());
    body.set("error", declared);
    ObjectNode facts = facts(call.id(), "upstream_error").put("status", reply.status());
    Redacted scrubbed = scrubbed(call, careful, careful.scrub(body));
    Redacted fenced = fences.around(tool, scrubbed, facts);
    return new Answer(call.id(), true, fenced, Optional.empty(), meta(facts));
  }

  private static Unseen unseen(Tool tool) {
    return switch (tool.care().unseen()) {
      case DROP -> Unseen.DROP;
      case SHOW -> Unseen.SHOW;
      case KEEP -> Unseen.KEEP;
    };
  }

  private static JsonNode readable(Binding binding, JsonNode body) {
    boolean html = kind(binding) == ResponseKind.HTML && body.isString();
    return html ? JsonNodeFactory.instance.stringNode(HtmlText.of(body.stringValue())) : body;
  }

  private static ResponseKind kind(Binding binding) {
    return switch (binding) {
      case HttpBinding http -> http.response();
      case SqlBinding _ -> ResponseKind.JSON;
    };
  }

  private Answer sentence(CallId call, String text, boolean error, ObjectNode facts) {
    return new Answer(call, error, redactor.scrub(text), Optional.empty(), meta(facts));
  }

  private static ObjectNode facts(CallId call, String code) {
    return JsonNodeFactory.instance.objectNode().put("id", call.value()).put("code", code);
  }

  private Redacted meta(ObjectNode facts) {
    return redactor.scrub(JsonNodeFactory.instance.objectNode().set(META, facts));
  }
}
