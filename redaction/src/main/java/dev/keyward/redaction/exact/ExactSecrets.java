package dev.keyward.redaction.exact;

import java.util.Collection;
import java.util.List;
import java.util.Set;

/// The compiled form of known secrets: finds them in a text in every spelling.
///
/// Immutable and safe for all threads. It prints as nothing.
public final class ExactSecrets {
  private final GramIndex index;
  private final Guarded guarded;
  private final boolean empty;
  private final Amount amount;

  private ExactSecrets(ExactSecrets of, Amount amount) {
    this.index = of.index;
    this.guarded = of.guarded;
    this.empty = of.empty;
    this.amount = amount;
  }

  private ExactSecrets(Leaves leaves) {
    List<Spelling> spellings =
        leaves.leaves().stream().flatMap(leaf -> Spellings.of(leaf).stream()).toList();
    index = new GramIndex(spellings);
    guarded = new Guarded(leaves.plain(), leaves.odd());
    empty = spellings.isEmpty() && guarded.isEmpty();
    amount = Amount.PART;
  }

  /// Compiles `secrets`, and `parts`: strings out of secrets that have parts, of which more are
  /// ordinary.
  public static ExactSecrets of(Collection<String> secrets, Collection<String> parts) {
    var leaves = new Leaves();
    secrets.forEach(leaves::add);
    parts.forEach(leaves::addPart);
    return new ExactSecrets(leaves);
  }

  /// {@return whether `secret` is so ordinary that it is found only where a secret stands}
  public static boolean isOrdinary(String secret) {
    var leaves = new Leaves();
    leaves.add(secret);
    return leaves.leaves().isEmpty() && leaves.odd().isEmpty();
  }

  /// {@return the same secrets, found only where that much of them stands; at first parts count}
  public ExactSecrets found(Amount amount) {
    return new ExactSecrets(this, amount);
  }

  /// {@return how much of a secret counts}
  public Amount amount() {
    return amount;
  }

  /// {@return whether there is nothing to find}
  public boolean isEmpty() {
    return empty;
  }

  /// Stands between texts in a row that must not be read as one.
  public static final char APART = Fold.BREAK;

  /// {@return a quick look at a whole message}
  ///
  /// @param texts how many it has; they are numbered from 0
  /// @param characters how long it will be, about
  public Glance glance(int texts, int characters, Effort effort) {
    return new Glance(index, texts, characters, amount, effort);
  }

  /// {@return where `text` holds a secret, looked for as deep as it takes}
  public Spans find(String text, Effort effort) {
    var found = new Spans();
    new Search(index, guarded, amount, effort, found).deep(View.of(text));
    return found;
  }

  /// {@return whether bytes that are no text hold a secret or a telling part of one, as they are or
  /// compressed within them}
  public boolean isIn(byte[] bytes, Effort effort) {
    return new ByteSearch(index, guarded, effort).finds(bytes);
  }

  /// {@return where texts that were put in a row hold a secret that was cut over them; names count
  /// for nothing there}
  public Spans findJoined(String joined, Effort effort) {
    var found = new Spans();
    new Search(index, new Guarded(Set.of(), Set.of()), amount, effort, found).deep(View.of(joined));
    return found;
  }

  /// Adds to `found` where `text`, the value of the field `name`, is a secret that ordinary text is
  /// full of.
  public void findValue(String name, String text, Effort effort, Spans found) {
    guarded.searchValue(name, View.of(text), effort, found);
  }

  /// {@return whether some secrets count only where a secret stands, so that names of fields
  /// matter}
  public boolean readsNames() {
    return !guarded.isEmpty();
  }

  @Override
  public String toString() {
    return "[exact secrets]";
  }
}
