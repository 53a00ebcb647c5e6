package dev.keyward.server.handle;

import dev.keyward.call.Arguments;
import dev.keyward.call.CallRefused;
import dev.keyward.call.Caller;
import dev.keyward.call.HandleFault;
import dev.keyward.call.Refusal;
import dev.keyward.catalog.TextRule;
import dev.keyward.catalog.Tool;
import dev.keyward.redaction.Handle;
import dev.keyward.redaction.Secret;
import dev.keyward.redaction.TouchesSecret;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// One reading of the arguments of a call: which handles stand where, whether they may, and the
/// arguments with the values in their places. Not for several threads.
final class Passing {
  /// What may stand right before and right after a handle that is part of a text. In a URL, or in
  /// what a reader could take for one, a handle would be carried along to wherever that leads.
  private static final Pattern APART = Pattern.compile("[\\s\"'<>()\\[\\]{},;:!|*]");

  /// What parts a text into words: no address goes on beyond it.
  private static final String GAPS = " \t\r\n\f\u000b\"'<>";

  /// A longer one counts as an address.
  private static final int LONGEST_WORD = 512;

  /// What makes the word before a handle an address, many of which may hold what is in [#APART]; or
  /// a host, with the handle as its port.
  private static final Pattern LEADS = Pattern.compile("[/\\\\@%?#=&]|[.].*:\\z");

  /// What makes the word after it one.
  private static final Pattern LEADS_ON = Pattern.compile("[/\\\\@%?#=&]");

  private final Caller caller;
  private final Tool tool;
  private final Function<Handle, Optional<Opened>> open;
  private final Map<String, Opened> handles = new LinkedHashMap<>();
  private final List<Secret> values = new ArrayList<>();
  private int seen;
  private JsonNode json;

  /// A handle that was given here, and what it stands for.
  record Opened(GivenHandle given, Held held) {}

  /// A handle may not stand where it does.
  static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final HandleFault fault;

    Refused(HandleFault fault) {
      super(fault.wire(), null, false, false);
      this.fault = fault;
    }
  }

  /// @param open finds a handle; throws [Refused] if it was never given here, and is empty if it
  ///   was and is no more
  Passing(Caller caller, Tool tool, Function<Handle, Optional<Opened>> open) {
    this.caller = caller;
    this.tool = tool;
    this.open = open;
    this.json = JsonNodeFactory.instance.objectNode();
  }

  /// Reads `arguments` once, left to right; what is put in is not read again.
  ///
  /// @throws CallRefused with [Refusal.HandleRefused]
  void read(Arguments arguments) {
    json = tool.input().rewritten(arguments.json(), this::text);
    if (Handle.in(arguments.canonical()).size() != seen) {
      throw refused("/", HandleFault.MISPLACED); // in the name of a field
    }
  }

  /// {@return the handles, each once}
  List<Opened> handles() {
    return List.copyOf(handles.values());
  }

  /// {@return what was put in}
  List<Secret> values() {
    return List.copyOf(values);
  }

  /// {@return the arguments with the values in place}
  ///
  /// @throws CallRefused with [HandleFault#UNFIT]
  Arguments restored() {
    Arguments restored;
    try {
      restored = Arguments.of(json);
    } catch (CallRefused e) {
      throw refused("/", HandleFault.UNFIT);
    }
    tool.input()
        .check(restored)
        .ifPresent(
            violation -> {
              throw refused(violation.field(), HandleFault.UNFIT);
            });
    return restored;
  }

  private String text(String at, TextRule rule, String text) {
    List<Handle.Found> found = Handle.in(text);
    if (found.isEmpty()) {
      return text;
    }
    seen += found.size();
    try {
      var out = new StringBuilder();
      int done = 0;
      for (Handle.Found one : found) {
        out.append(text, done, one.from()).append(value(rule, text, one));
        done = one.to();
      }
      return out.append(text, done, text.length()).toString();
    } catch (Refused refused) {
      throw refused(at, refused.fault);
    }
  }

  @TouchesSecret
  private String value(TextRule rule, String text, Handle.Found found) {
    Handle handle = found.handle().orElseThrow(() -> new Refused(HandleFault.FORGED));
    Opened opened = open.apply(handle).orElseThrow(() -> new Refused(HandleFault.EXPIRED));
    GivenHandle given = opened.given();
    check(
        given.run().equals(caller.run()) && given.agent().equals(caller.agent()),
        HandleFault.FOREIGN);
    check(rule.kinds().contains(handle.kind()), HandleFault.MISPLACED);
    check(given.mayGoTo(tool), HandleFault.NOT_FOR_THIS_TOOL);
    boolean alone = text.equals(handle.text());
    boolean asGiven = alone || text.equals(opened.held().shown());
    check(asGiven || (rule.within() && standsApart(text, found, opened)), HandleFault.NOT_AS_GIVEN);
    boolean ofUrl = !opened.held().shown().equals(handle.text());
    handles.put(handle.text(), opened);
    values.add(opened.held().value());
    return opened
        .held()
        .value()
        .use(
            value -> {
              check(asGiven || value.chars().noneMatch(Character::isISOControl), HandleFault.UNFIT);
              return alone && ofUrl ? Giving.decoded(value) : value;
            });
  }

  /// Within a text a handle stands by itself, or behind all that stood before it when it was given.
  private static boolean standsApart(String text, Handle.Found found, Opened opened) {
    String shown = opened.held().shown();
    String before = shown.substring(0, shown.indexOf(opened.given().handle().text()));
    int from = found.from() - before.length();
    boolean led = from >= 0 && text.startsWith(before, from) && begins(text, from);
    return led && (!before.isEmpty() || ends(text, found.to()));
  }

  private static boolean begins(String text, int at) {
    int word = at;
    while (word > 0 && GAPS.indexOf(text.charAt(word - 1)) < 0 && at - word <= LONGEST_WORD) {
      word--;
    }
    return apart(text, at - 1)
        && at - word <= LONGEST_WORD
        && !LEADS.matcher(text.substring(word, at)).find();
  }

  private static boolean ends(String text, int at) {
    int end = at;
    while (end < text.length() && GAPS.indexOf(text.charAt(end)) < 0 && end - at <= LONGEST_WORD) {
      end++;
    }
    boolean stop = text.startsWith(".", at) && apart(text, at + 1);
    return (apart(text, at) || stop)
        && end - at <= LONGEST_WORD
        && !LEADS_ON.matcher(text.substring(at, end)).find();
  }

  private static boolean apart(String text, int at) {
    return at < 0 || at >= text.length() || APART.matcher(text.substring(at, at + 1)).matches();
  }

  private static void check(boolean may, HandleFault fault) {
    if (!may) {
      throw new Refused(fault);
    }
  }

  private static CallRefused refused(String at, HandleFault fault) {
    return new CallRefused(new Refusal.HandleRefused(at.isEmpty() ? "/" : at, fault));
  }
}
