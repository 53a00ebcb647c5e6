package dev.keyward.redaction;

import dev.keyward.redaction.exact.Amount;
import dev.keyward.redaction.exact.Effort;
import dev.keyward.redaction.exact.ExactSecrets;
import dev.keyward.redaction.json.JsonLeaves;
import dev.keyward.redaction.rules.Rules;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

  private final Supplier<KnownSecrets> known;
  private final Supplier<Rules> rules;

  /// Makes a redactor that asks `known` for the secrets and `rules` for the rules once a message.
  public Redactor(Supplier<KnownSecrets> known, Supplier<Rules> rules) {
    this.known = known;
    this.rules = rules;
  }

  /// Makes a redactor with the standard rules.
  public Redactor(Supplier<KnownSecrets> known) {
    this(known, Rules::standard);
  }

  /// Scrubs every string, key and number of `json`, which must not be changed any more. A number
  /// that is taken out becomes a string.
  ///
  /// @throws Uncertain if a limit was reached before the end; the caller withholds the whole value
  public Redacted scrub(JsonNode json) {
    return scrub(json, Amount.PART, rules.get());
  }

  private Redacted scrub(JsonNode json, Amount amount, Rules by) {
    ExactSecrets secrets = known.get().exact().found(amount);
    if (secrets.isEmpty() && by.isEmpty()) {
      return new Redacted(json, List.of());
    }
    try {
      JsonLeaves leaves = JsonLeaves.of(json);
      new Scrubbing(secrets, by, (found, value) -> REPLACEMENT, leaves).run();
      var taken = new ArrayList<Redacted.Taken>();
      JsonNode scrubbed =
          leaves.rebuilt(
              (pointer, leaf) ->
                  leaf.taken().forEach(each -> taken.add(new Redacted.Taken(pointer, each))));
      return new Redacted(scrubbed, taken);
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
    return scrub(json, Amount.WHOLE, Rules.none()).scrubbedAt().stream().findFirst();
  }

  /// A limit was reached before it was known that a value is clean, so it must not leave.
  ///
  /// The message names the limit and holds nothing of the value.
  public static final class Uncertain extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Uncertain(String limit) {
      super("cannot be sure that no secret is left: limit of " + limit);
    }
  }
}
