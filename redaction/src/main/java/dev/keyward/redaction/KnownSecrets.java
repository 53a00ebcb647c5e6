package dev.keyward.redaction;

import dev.keyward.redaction.exact.ExactSecrets;
import dev.keyward.redaction.json.JsonStrings;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// The secrets that the broker holds, compiled for search in every spelling that they may come in.
///
/// Immutable and safe for all threads. Building takes some tens of milliseconds for a hundred, so a
/// change is a new one. It prints as nothing and equals only itself; no characters can be had from
/// it.
public final class KnownSecrets {
  private final ExactSecrets exact;

  private KnownSecrets(ExactSecrets exact) {
    this.exact = exact;
  }

  /// Compiles `secrets`; none at all is allowed and costs nothing to search.
  @TouchesSecret
  public static KnownSecrets of(Collection<Secret> secrets) {
    var whole = new ArrayList<String>();
    var parts = new ArrayList<String>();
    for (Secret secret : secrets) {
      Optional<List<String>> strings = secret.use(JsonStrings::in);
      strings.ifPresentOrElse(parts::addAll, () -> secret.use(whole::add));
    }
    return new KnownSecrets(ExactSecrets.of(whole, parts));
  }

  /// {@return whether `secret` is such as ordinary text is full of (a word, a region, under 8
  /// characters): it is then found only under a secret's name, in the userinfo of a URL or an
  /// authorization header, and whoever registers it should be warned}
  @TouchesSecret
  public static boolean isOrdinary(Secret secret) {
    return secret.use(ExactSecrets::isOrdinary);
  }

  ExactSecrets exact() {
    return exact;
  }

  @Override
  public String toString() {
    return "[known secrets]";
  }
}
