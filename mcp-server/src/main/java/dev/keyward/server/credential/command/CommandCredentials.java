package dev.keyward.server.credential.command;

import dev.keyward.catalog.CredentialRef;
import dev.keyward.redaction.Secret;
import dev.keyward.redaction.TouchesSecret;
import dev.keyward.server.config.CommandSettings;
import dev.keyward.server.credential.ClientProgram;
import dev.keyward.server.credential.CredentialStore;
import dev.keyward.server.credential.HeldSecret;
import dev.keyward.server.credential.KeptLookups;
import dev.keyward.server.credential.Lookup;
import dev.keyward.server.credential.StoreFinding;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The store `command`: what the programs of the settings print.
///
/// `command:vault-of-ops#value` is all that the program `vault-of-ops` prints, any other field one
/// of the JSON object that it prints. What it printed serves for the time that the settings say; of
/// many who ask at once one runs it. A failure is remembered for some seconds, so that calls do not
/// start programs in a loop. Safe for all threads.
public final class CommandCredentials implements CredentialStore, AutoCloseable {
  /// The store's name in references.
  public static final String STORE = "command";

  private static final String WHOLE = "value";
  private static final Duration FAILED = Duration.ofSeconds(5);

  /// How often one program may be run past what is kept.
  private static final Duration FORCED = Duration.ofSeconds(5);

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, ClientProgram> programs;
  private final Map<String, HeldSecret> printed = new ConcurrentHashMap<>();
  private final InstantSource clock;
  private final KeptLookups<String> kept;

  private CommandCredentials(
      Map<String, CommandSettings> settings,
      Map<String, ClientProgram> programs,
      InstantSource clock) {
    this.programs = programs;
    this.clock = clock;
    this.kept =
        new KeptLookups<>(
            this::run,
            (name, answer) ->
                answer instanceof Lookup.Found && settings.containsKey(name)
                    ? settings.get(name).cache()
                    : FAILED,
            FORCED,
            clock,
            threads);
  }

  /// Opens the store; nothing is run before it is needed.
  ///
  /// @param folder where the programs run
  /// @param environment reads the variables that the settings let them see
  public static CommandCredentials open(
      Map<String, CommandSettings> settings,
      Path folder,
      Function<String, Optional<String>> environment,
      InstantSource clock) {
    Map<String, ClientProgram> programs = new HashMap<>();
    settings.forEach(
        (name, one) -> programs.put(name, new ClientProgram(one.program(), folder, environment)));
    return new CommandCredentials(Map.copyOf(settings), Map.copyOf(programs), clock);
  }

  @Override
  public Lookup current(CredentialRef ref) {
    return field(ref, kept.current(ref.path()));
  }

  /// Runs the program again, at most once in five seconds.
  @Override
  public Lookup newest(CredentialRef ref) {
    return field(ref, kept.newest(ref.path()));
  }

  /// Nothing: values are known from the moment they are lent.
  @Override
  public Collection<Secret> held() {
    return List.of();
  }

  @Override
  public void onChange(Runnable listener) {
    // what is held never changes
  }

  @Override
  public List<StoreFinding> examine() {
    return List.of();
  }

  /// Ends the programs that run.
  @Override
  public void close() {
    threads.shutdownNow();
  }

  @Override
  public String toString() {
    return "[commands]";
  }

  private Lookup run(String name) {
    ClientProgram program = programs.get(name);
    if (program == null) {
      return new Lookup.Missing("names a program that config.yaml does not have under commands");
    }
    try {
      Secret value = program.ask();
      return new Lookup.Found(printed.merge(name, first(value), CommandCredentials::next));
    } catch (ClientProgram.Failed e) {
      return new Lookup.Unavailable("cannot be had: " + e.why());
    }
  }

  private HeldSecret first(Secret value) {
    return new HeldSecret(value, 1, clock.instant());
  }

  private static HeldSecret next(HeldSecret before, HeldSecret now) {
    return before.value().equals(now.value())
        ? before
        : new HeldSecret(now.value(), before.version() + 1, now.created());
  }

  private static Lookup field(CredentialRef ref, Lookup whole) {
    if (ref.field().equals(WHOLE) || !(whole instanceof Lookup.Found(var printed))) {
      return whole;
    }
    return text(printed.value(), ref.field())
        .<Lookup>map(
            value -> new Lookup.Found(new HeldSecret(value, printed.version(), printed.created())))
        .orElseGet(
            () ->
                new Lookup.Missing(
                    "is not in what its program prints: that must be a JSON object with a text in"
                        + " that field, or the reference end in #"
                        + WHOLE));
  }

  @TouchesSecret
  private static Optional<Secret> text(Secret json, String field) {
    try {
      JsonNode text = json.<JsonNode>use(JsonMapper.shared()::readTree).path(field);
      return text.isString() && !text.stringValue().isEmpty()
          ? Optional.of(Secret.of(text.stringValue()))
          : Optional.empty();
    } catch (JacksonException e) {
      return Optional.empty(); // its message quotes the text
    }
  }
}
