package dev.keyward.server.handle;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.keyward.call.Arguments;
import dev.keyward.call.CallRefused;
import dev.keyward.call.Caller;
import dev.keyward.call.CanonicalJson;
import dev.keyward.call.HandleFault;
import dev.keyward.call.Hashes;
import dev.keyward.call.PassedHandle;
import dev.keyward.call.Refusal;
import dev.keyward.call.RunId;
import dev.keyward.catalog.HandleField;
import dev.keyward.catalog.Tool;
import dev.keyward.catalog.ToolCall;
import dev.keyward.redaction.Handle;
import dev.keyward.redaction.KnownSecrets;
import dev.keyward.redaction.Redacted;
import dev.keyward.redaction.Secret;
import dev.keyward.redaction.TouchesSecret;
import dev.keyward.redaction.rules.Found;
import dev.keyward.server.policy.PermittedCall;
import dev.keyward.store.Database;
import dev.keyward.store.Tx;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// Gives handles, knows them again, and puts the values back where they may go.
///
/// A handle belongs to the run whose answer it stood in. Its value lies sealed in the database
/// until that run ends, so handles outlive a restart of the broker and work at each of its
/// replicas. Thread-safe.
public final class Handles {
  private static final int MOST_PER_RUN = 1_000;
  private static final int LONGEST_VALUE = 8_192;
  private static final int RUNS = 10_000;

  private final Database database;
  private final HandleKeys keys;
  private final HandleTags tags;
  private final HandleSeal seal;
  private final InstantSource clock;
  private final HandleListener listener;
  private final Cache<RunId, RunSecrets> values = Caffeine.newBuilder().maximumSize(RUNS).build();
  private final Cache<RunId, Integer> counted = Caffeine.newBuilder().maximumSize(RUNS).build();

  /// What is told of each change, inside its transaction.
  @FunctionalInterface
  public interface HandleListener {
    /// Called in the transaction of the change.
    void append(Tx tx, HandleChange change);
  }

  /// Keeps handles in `database`.
  ///
  /// @param random unpredictable
  public Handles(
      Database database,
      HandleKeys keys,
      InstantSource clock,
      RandomGenerator random,
      HandleListener listener) {
    this.database = database;
    this.keys = keys;
    this.tags = new HandleTags(keys.tag(), random);
    this.seal = new HandleSeal(keys.seal(), random);
    this.clock = clock;
    this.listener = listener;
  }

  /// Stage 3: {@return the handles in `arguments`, which fit the tool's schema but for the values}
  ///
  /// @throws CallRefused with [Refusal.HandleRefused] if one was not given to this run, or may not
  ///   stand where it does
  public List<PassedHandle> passed(Caller caller, Tool tool, Arguments arguments) {
    if (!Handle.isIn(arguments.canonical())) {
      return List.of();
    }
    return database.read(
        tx -> {
          var passing = new Passing(caller, tool, handle -> open(tx, handle));
          passing.read(arguments);
          return passing.handles().stream().map(this::described).toList();
        });
  }

  /// {@return a keyed digest of `arguments`, for where they may not be stored}
  public String digest(Arguments arguments) {
    return digest("arguments|" + arguments.canonical());
  }

  /// {@return JSON Pointers to the texts of `arguments` that may hold handles}
  public static List<String> placesIn(Tool tool, Arguments arguments) {
    List<String> places = new ArrayList<>();
    if (Handle.isIn(arguments.canonical())) {
      tool.input()
          .rewritten(
              arguments.json(),
              (at, rule, text) -> {
                if (!rule.kinds().isEmpty() && Handle.isIn(text)) {
                  places.add(at);
                }
                return text;
              });
    }
    return places;
  }

  /// Notes that a call with handles is about to be sent, in the transaction of its intent.
  public void use(Tx tx, ToolCall call) {
    Caller caller = call.caller();
    for (PassedHandle passed : call.recorded().handles()) {
      Handle handle = Handle.parse(passed.text()).orElseThrow();
      listener.append(
          tx,
          new HandleChange.Used(
              call.id(), caller.run(), caller.agent(), call.tool().name(), handle));
    }
  }

  /// Stage 8: {@return the arguments with values in the places of handles}
  ///
  /// All is asked again, since a run may have ended meanwhile. From here on the values are known to
  /// [#known].
  ///
  /// @throws CallRefused with [Refusal.HandleRefused] if one may not stand there any more, or its
  ///   value breaks the tool's schema
  public Restored restore(PermittedCall permitted) {
    ToolCall call = permitted.call();
    if (call.recorded().handles().isEmpty()) {
      return Restored.unchanged(permitted);
    }
    var passing =
        database.read(
            tx -> {
              var reading = new Passing(call.caller(), call.tool(), handle -> open(tx, handle));
              reading.read(call.arguments());
              return reading;
            });
    remember(call.caller().run(), passing.values());
    return new Restored(permitted, passing.restored());
  }

  /// Stage 9: gives handles for what the tool gives as such, and takes their values out of `held`;
  /// they are durable on return.
  ///
  /// Where something was scrubbed, the broker's own secret stands: that never becomes a handle, and
  /// all of the value goes. So does what is too long, or more than a run may have.
  ///
  /// @param projected the answer before it was scrubbed
  /// @param held the same, scrubbed of what the broker holds
  /// @return empty if it is not certain that all such values were found
  /// @throws dev.keyward.store.StoreUnavailable if they cannot be stored
  public Optional<GivenHandles> give(ToolCall call, JsonNode projected, Redacted held) {
    List<Giving> givings = new ArrayList<>();
    List<String> withheld = new ArrayList<>();
    for (HandleField field : call.tool().handles().fields()) {
      List<String> places = field.placesIn(held.json());
      if (places.size() != field.placesIn(projected).size()) {
        return Optional.empty(); // a name on the way to it was scrubbed
      }
      for (String at : places) {
        JsonNode value = held.json().at(at);
        if (value.isNull() || value.isBoolean() || value.asString("?").isEmpty()) {
          continue;
        }
        if (usable(value) && !held.scrubbedAt().contains(at)) {
          givings.add(Giving.of(field, at, value.asString("")));
        } else {
          withheld.add(at);
        }
      }
    }
    return Optional.of(given(call, givings, held.withheldAt(withheld)));
  }

  /// Stage 9: gives handles for what rules found in texts of `left`, and takes it out; they are
  /// durable on return.
  ///
  /// @param left what is to leave but for these
  /// @param found where in it, first to last, each of a type that the tool gives
  /// @throws dev.keyward.store.StoreUnavailable if they cannot be stored
  public GivenHandles giveFound(ToolCall call, Redacted left, List<Redacted.Taken> found) {
    Map<String, List<Found>> byPlace = new LinkedHashMap<>();
    found.forEach(
        each -> byPlace.computeIfAbsent(each.pointer(), _ -> new ArrayList<>()).add(each.found()));
    List<Giving> givings = new ArrayList<>();
    byPlace.forEach(
        (at, places) -> {
          String text = left.json().at(at).asString("");
          Giving giving = Giving.of(places, call.tool().handles().found(), at, text);
          if (!giving.parts().isEmpty() && usable(left.json().at(at))) {
            givings.add(giving);
          }
        });
    return given(call, givings, left);
  }

  private GivenHandles given(ToolCall call, List<Giving> givings, Redacted held) {
    if (givings.isEmpty()) {
      return new GivenHandles(held, List.of());
    }
    List<Given> given = database.write(tx -> give(tx, call, givings));
    remember(call.caller().run(), given.stream().flatMap(one -> one.values().stream()).toList());
    List<String> tooMany =
        given.stream().filter(one -> one.standIns().isEmpty()).map(Given::at).toList();
    return new GivenHandles(
        held.withoutTexts(given.stream().flatMap(one -> one.stretches().stream()).toList())
            .withheldAt(tooMany),
        given.stream().flatMap(one -> one.standIns().stream()).toList());
  }

  /// {@return the values that handles of `run` stand for, for taking them out of other answers}
  public List<KnownSecrets> known(RunId run) {
    if (database.shared()) {
      forgetIfMore(run);
    }
    return values.get(run, this::load).all();
  }

  /// Another broker may have given handles in the same run.
  private void forgetIfMore(RunId run) {
    Integer stored = database.read(tx -> HandleRows.count(tx, run));
    if (!stored.equals(counted.asMap().put(run, stored))) {
      values.invalidate(run);
    }
  }

  /// Erases all handles of a run that ends, in the transaction of its end.
  public void erase(Tx tx, RunId run) {
    HandleRows.erase(tx, run);
    values.invalidate(run);
  }

  /// What came of one text.
  private record Given(
      String at,
      List<Redacted.Stretch> stretches,
      List<Redacted.StandIn> standIns,
      List<Secret> values) {}

  private List<Given> give(Tx tx, ToolCall call, List<Giving> givings) {
    tx.lock("handles of " + call.caller().run()); // another broker may give in the same run
    int room = MOST_PER_RUN - HandleRows.count(tx, call.caller().run());
    List<Given> all = new ArrayList<>();
    for (Giving giving : givings) {
      if (giving.parts().size() > room) {
        all.add(new Given(giving.pointer(), List.of(), List.of(), List.of()));
        continue;
      }
      room -= giving.parts().size();
      all.add(give(tx, call, giving));
    }
    return all;
  }

  private Given give(Tx tx, ToolCall call, Giving giving) {
    Map<String, Handle> fresh = new TreeMap<>();
    List<Redacted.Stretch> stretches = new ArrayList<>();
    List<Redacted.StandIn> standIns = new ArrayList<>();
    List<Secret> secrets = new ArrayList<>();
    var shown = new StringBuilder();
    int done = 0;
    int cut = 0;
    for (Giving.Part part : giving.parts()) {
      String identity = identity(call, giving, part);
      Handle handle =
          HandleRows.findSame(tx, identity)
              .orElseGet(() -> fresh.computeIfAbsent(identity, _ -> tags.make(part.kind())));
      stretches.add(new Redacted.Stretch(giving.pointer(), part.from(), part.to()));
      standIns.add(new Redacted.StandIn(giving.pointer(), part.from() - cut, handle));
      cut += part.to() - part.from();
      secrets.add(Secret.of(giving.text().substring(part.from(), part.to())));
      shown.append(giving.text(), done, part.from()).append(handle.text());
      done = part.to();
    }
    shown.append(giving.text(), done, giving.text().length());
    for (int i = 0; i < standIns.size(); i++) {
      Handle handle = standIns.get(i).handle();
      String identity = identity(call, giving, giving.parts().get(i));
      if (fresh.containsKey(identity)) {
        store(tx, call, handle, identity, new Held(secrets.get(i), shown.toString()));
      }
    }
    return new Given(giving.pointer(), stretches, standIns, secrets);
  }

  private void store(Tx tx, ToolCall call, Handle handle, String identity, Held held) {
    Caller caller = call.caller();
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    var given =
        new GivenHandle(
            handle,
            caller.run(),
            caller.agent(),
            call.tool().name(),
            call.tool().target(),
            call.tool().handles().kinds().getOrDefault(handle.kind(), List.of()),
            now);
    HandleRows.insert(tx, given, identity, seal.seal(given, held));
    listener.append(
        tx,
        new HandleChange.Given(
            call.id(), caller.run(), caller.agent(), call.tool().name(), handle));
  }

  /// The same value at the same place of the same text, from the same system and with the same
  /// bounds, is one handle.
  private String identity(ToolCall call, Giving giving, Giving.Part part) {
    var document = JsonNodeFactory.instance.arrayNode();
    document.add("identity").add(call.caller().run().value()).add(part.kind());
    document.add(call.tool().target().system()).add(call.tool().target().origin().toString());
    call.tool()
        .handles()
        .kinds()
        .getOrDefault(part.kind(), List.of())
        .forEach(pattern -> document.add(pattern.value()));
    document.add(part.from()).add(part.to()).add(giving.text());
    return digest(CanonicalJson.write(document));
  }

  private String digest(String text) {
    return HexFormat.of().formatHex(Hashes.hmac(keys.digest(), text));
  }

  private Optional<Passing.Opened> open(Tx tx, Handle handle) {
    if (!tags.isOurs(handle)) {
      throw new Passing.Refused(HandleFault.FORGED);
    }
    return HandleRows.find(tx, handle)
        .flatMap(
            row ->
                seal.open(row.given(), row.sealed())
                    .map(held -> new Passing.Opened(row.given(), held)));
  }

  @TouchesSecret
  private PassedHandle described(Passing.Opened opened) {
    GivenHandle given = opened.given();
    String digest = opened.held().value().use(value -> digest("value|" + value));
    return new PassedHandle(
        given.handle().text(), given.handle().kind(), given.from(), given.given(), digest);
  }

  private RunSecrets load(RunId run) {
    return database.read(
        tx ->
            RunSecrets.NONE.with(
                HandleRows.of(tx, run).stream()
                    .flatMap(row -> seal.open(row.given(), row.sealed()).stream())
                    .map(Held::value)
                    .toList()));
  }

  /// Loads what is there before it adds, so that nothing is missed.
  private void remember(RunId run, List<Secret> more) {
    if (!more.isEmpty()) {
      var _ = known(run);
      values.asMap().computeIfPresent(run, (_, known) -> known.with(more));
    }
  }

  private static boolean usable(JsonNode value) {
    if (!value.isString() && !value.isNumber()) {
      return false;
    }
    String text = value.asString("");
    return text.length() <= LONGEST_VALUE && StandardCharsets.UTF_8.newEncoder().canEncode(text);
  }
}
