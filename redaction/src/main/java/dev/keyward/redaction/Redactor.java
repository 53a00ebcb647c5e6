package dev.keyward.redaction;

import dev.keyward.redaction.exact.Amount;
import dev.keyward.redaction.exact.Effort;
import dev.keyward.redaction.exact.ExactSecrets;
import dev.keyward.redaction.json.JsonLeaves;
import dev.keyward.redaction.rules.Found;
import dev.keyward.redaction.rules.Rules;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// The choke point: takes every secret that the broker holds, and what rules say is one, out of a
/// value, or says that it cannot be sure.
///
/// Everything outside what is taken out stays as it is; what is taken out becomes [#REPLACEMENT].
/// Safe for all threads; the secrets are asked for anew for each message.
public final class Redactor {
  /// What stands in the place of a secret.
  public static final String REPLACEMENT = "[redacted]";

  /// What may be inflated of a file, in characters of a message that may cost as much.
  private static final long INFLATED = 2L << 20;

  private final Supplier<KnownSecrets> known;
  private final Supplier<Rules> rules;
  private final Supplier<BooleanSupplier> deadlines;

  /// Makes a redactor that asks `known` for the secrets and `rules` for the rules once a message.
  public Redactor(Supplier<KnownSecrets> known, Supplier<Rules> rules) {
    this(known, rules, () -> () -> false);
  }

  private Redactor(
      Supplier<KnownSecrets> known, Supplier<Rules> rules, Supplier<BooleanSupplier> deadlines) {
    this.known = known;
    this.rules = rules;
    this.deadlines = deadlines;
  }

  /// Makes a redactor without rules: what only looks like a secret stays.
  public Redactor(Supplier<KnownSecrets> known) {
    this(known, Rules::none);
  }

  /// {@return this, which also takes out personal data of `types`}
  ///
  /// @throws IllegalArgumentException if there is no such type; the message lists them
  public Redactor withPersonal(Set<String> types) {
    return types.isEmpty()
        ? this
        : new Redactor(known, () -> rules.get().withPersonal(types), deadlines);
  }

  /// {@return this, which gives up on a message that takes too long}
  ///
  /// @param deadlines asked once a message for what says, from then on, whether it is too late; not
  ///   for short messages
  public Redactor within(Supplier<BooleanSupplier> deadlines) {
    return new Redactor(known, rules, deadlines);
  }

  /// Scrubs every string, key and number of `json`, which must not be changed any more. A number
  /// that is taken out becomes a string.
  ///
  /// @throws Uncertain if a limit was reached before the end; the caller withholds the whole value
  public Redacted scrub(JsonNode json) {
    return scrub(json, Amount.PART, known.get(), rules.get());
  }

  /// Scrubs only of the secrets that the broker holds, for what becomes handles of the others.
  ///
  /// @throws Uncertain as [#scrub(JsonNode)]
  public Redacted scrubHeld(JsonNode json) {
    return scrub(json, Amount.PART, known.get(), Rules.none());
  }

  /// Scrubs a text only of the secrets that the broker holds.
  ///
  /// @throws Uncertain as [#scrub(JsonNode)]
  public Redacted scrubHeld(String text) {
    return scrubHeld(JsonNodeFactory.instance.stringNode(text));
  }

  /// Scrubs once more, after something else was taken out.
  ///
  /// @throws Uncertain as [#scrub(JsonNode)]
  public Redacted scrub(Redacted once) {
    return joined(once, scrub(once.json()));
  }

  /// Scrubs what has been scrubbed already of further secrets, such as those that handles of a run
  /// stand for.
  ///
  /// @throws Uncertain as [#scrub(JsonNode)]
  public Redacted scrub(Redacted once, KnownSecrets more) {
    return joined(once, scrub(once.json(), Amount.PART, more, Rules.none()));
  }

  /// Scrubs once more, but leaves what rules find of `types`: it is to become handles.
  ///
  /// @throws Uncertain as [#scrub(JsonNode)]
  public Redacted scrubBut(Redacted once, Set<String> types) {
    return joined(
        once,
        scrub(
            once.json(),
            Amount.PART,
            known.get(),
            rules.get(),
            found -> !types.contains(found.type())));
  }

  /// {@return what rules find of `types` in texts and numbers of `json`; not in keys}
  ///
  /// @throws Uncertain as [#scrub(JsonNode)]
  public List<Redacted.Taken> guessed(JsonNode json, Set<String> types) {
    return scrub(
            json,
            Amount.PART,
            KnownSecrets.of(List.of()),
            rules.get(),
            found -> types.contains(found.type()))
        .taken()
        .stream()
        .filter(taken -> !taken.inKey())
        .toList();
  }

  private static Redacted joined(Redacted once, Redacted twice) {
    if (twice.scrubbedAt().isEmpty()) {
      return once;
    }
    Set<String> at = new LinkedHashSet<>(once.scrubbedAt());
    at.addAll(twice.scrubbedAt());
    var taken = new ArrayList<>(once.taken());
    taken.addAll(twice.taken());
    return new Redacted(twice.json(), List.copyOf(at), taken);
  }

  /// {@return whether `json` holds a secret or a telling part of one, as [#scrub(JsonNode)] would
  /// take out; one of `more` counts too}
  ///
  /// Whoever wrote the value must not hear of it: that a part is right is worth knowing.
  ///
  /// @throws Uncertain as [#scrub(JsonNode)]
  public boolean holdsPart(JsonNode json, List<KnownSecrets> more) {
    return holdsPart(json, known.get())
        || more.stream().anyMatch(secrets -> holdsPart(json, secrets));
  }

  private boolean holdsPart(JsonNode json, KnownSecrets secrets) {
    return !scrub(json, Amount.PART, secrets, Rules.none()).scrubbedAt().isEmpty();
  }

  private Redacted scrub(JsonNode json, Amount amount, KnownSecrets known, Rules by) {
    return scrub(json, amount, known, by, found -> true);
  }

  private Redacted scrub(
      JsonNode json, Amount amount, KnownSecrets known, Rules by, Predicate<Found> counts) {
    ExactSecrets secrets = known.exact().found(amount);
    if (secrets.isEmpty() && by.isEmpty()) {
      return new Redacted(json, List.of(), List.of());
    }
    try {
      JsonLeaves leaves = JsonLeaves.of(json);
      new Scrubbing(secrets, by, counts, (found, value) -> REPLACEMENT, leaves, deadlines.get())
          .run();
      var taken = new ArrayList<Redacted.Taken>();
      JsonNode scrubbed =
          leaves.rebuilt(
              (pointer, leaf) ->
                  leaf.taken()
                      .forEach(each -> taken.add(new Redacted.Taken(pointer, each, leaf.isKey()))));
      List<String> at = taken.stream().map(Redacted.Taken::pointer).distinct().toList();
      return new Redacted(scrubbed, at, taken);
    } catch (Effort.Exhausted limit) {
      throw new Uncertain(limit.limit());
    }
  }

  /// Scrubs a text; the result is a JSON string.
  ///
  /// @throws Uncertain as [#scrub(JsonNode)]
  public Redacted scrub(String text) {
    return scrub(JsonNodeFactory.instance.stringNode(text));
  }

  /// Searches a file that is no text for what the broker holds and for `more`: as it is, and what
  /// is compressed in it. If it is a text after all, rules count as well.
  ///
  /// @param type its media type
  /// @return the file, or empty if something was found
  /// @throws Uncertain as [#scrub(JsonNode)]
  public Optional<RedactedFile> file(String type, byte[] bytes, List<KnownSecrets> more) {
    List<KnownSecrets> all = new ArrayList<>(more);
    all.add(known.get());
    boolean found =
        !scrub(type).scrubbedAt().isEmpty()
            || all.stream().anyMatch(secrets -> isIn(bytes, secrets))
            || FileText.of(bytes).filter(text -> !scrub(text).scrubbedAt().isEmpty()).isPresent();
    return found ? Optional.empty() : Optional.of(new RedactedFile(type, bytes.clone()));
  }

  private boolean isIn(byte[] bytes, KnownSecrets secrets) {
    try {
      return secrets.exact().isIn(bytes, new Effort(bytes.length + INFLATED, deadlines.get()));
    } catch (Effort.Exhausted limit) {
      throw new Uncertain(limit.limit());
    }
  }

  /// {@return whether `text` holds a secret, in any spelling, as [#findSecret] does}
  ///
  /// @throws Uncertain as [#scrub(JsonNode)]
  public boolean holdsSecret(String text) {
    return findSecret(JsonNodeFactory.instance.stringNode(text)).isPresent();
  }

  /// {@return the JSON Pointer of the first value of `json` that holds a secret, or whose key does;
  /// in the pointer such a key is scrubbed}
  ///
  /// Only a whole secret counts, in any spelling or cut over neighbours, or one of 20 letters and
  /// digits or more of which at most 6, and a fifth, are missing. Parts that [#scrub(JsonNode)]
  /// takes out do not count: whoever wrote them would learn that they are right and guess on.
  ///
  /// @throws Uncertain as [#scrub(JsonNode)]
  public Optional<String> findSecret(JsonNode json) {
    return scrub(json, Amount.WHOLE, known.get(), Rules.none()).scrubbedAt().stream().findFirst();
  }

  /// A limit was reached before it was known that a value is clean, so it must not leave.
  ///
  /// The message names the limit and holds nothing of the value.
  public static final class Uncertain extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean late;

    Uncertain(String limit) {
      super("cannot be sure that no secret is left: limit of " + limit);
      this.late = limit.equals(Effort.TIME);
    }

    /// {@return whether it took too long}
    public boolean late() {
      return late;
    }
  }
}
