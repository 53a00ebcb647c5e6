package dev.keyward.catalog;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The name of a credential, for example `local:crm#token`, `vault:kv/crm#token` or `mint:crm`;
/// never its value.
///
/// @param store which store holds it: 1 to 32 of `a-z 0-9 -`, starting with a letter; `mint` for
///   one that is made when it is needed
/// @param path where in the store: segments of `A-Z a-z 0-9 _ . -` joined by `/`, none of them only
///   dots, 128 characters in all
/// @param field which field there: 1 to 64 of `A-Z a-z 0-9 _ . -`; empty for a minted one
public record CredentialRef(String store, String path, String field) {
  /// The store of credentials that are made when they are needed.
  public static final String MINT = "mint";

  private static final Pattern STORE = Pattern.compile("[a-z][a-z0-9-]{0,31}");
  private static final Pattern PATH =
      Pattern.compile("(?!\\.+(?:/|\\z))[\\w.-]+(?:/(?!\\.+(?:/|\\z))[\\w.-]+)*");
  private static final Pattern FIELD = Pattern.compile("[\\w.-]{1,64}");
  private static final Pattern TEXT = Pattern.compile("([^:]*):([^#]*)(?:#(.+))?");
  private static final int MAX_PATH = 128;

  /// Checks the shapes.
  ///
  /// @throws IllegalArgumentException if one has another shape; the message omits the value
  public CredentialRef {
    boolean shaped =
        STORE.matcher(store).matches()
            && path.length() <= MAX_PATH
            && PATH.matcher(path).matches()
            && (store.equals(MINT) ? field.isEmpty() : FIELD.matcher(field).matches());
    if (!shaped) {
      throw wrong();
    }
  }

  /// Reads the text form, `store:path#field` or `mint:name`.
  ///
  /// @throws IllegalArgumentException if `text` has another shape; the message omits the value
  public static CredentialRef parse(String text) {
    Matcher parts = TEXT.matcher(text);
    if (!parts.matches()) {
      throw wrong();
    }
    String field = parts.group(3);
    return new CredentialRef(parts.group(1), parts.group(2), field == null ? "" : field);
  }

  /// {@return whether it is made when it is needed, rather than kept}
  public boolean minted() {
    return store.equals(MINT);
  }

  private static IllegalArgumentException wrong() {
    return new IllegalArgumentException(
        "must be the name of a credential, store:path#field, for example local:crm#token");
  }

  /// {@return the text form, which [#parse] reads}
  @Override
  public String toString() {
    return store + ":" + path + (minted() ? "" : "#" + field);
  }
}
