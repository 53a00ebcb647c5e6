package dev.keyward.catalog;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// What becomes of files that a tool's system answers with, by their media type.
///
/// @param byType kinds by media type (`image/png`) or by a family of them (`image/*`, `*/*`)
public record FileKinds(Map<String, Kind> byType) {
  /// What holds where a tool says nothing.
  public static final FileKinds DESCRIBED = new FileKinds(Map.of("*/*", Kind.DESCRIBED));

  private static final Pattern TEXT =
      Pattern.compile(
          "(text|message|multipart)/.*|.*\\+(xml|json|yaml)"
              + "|application/(x-)?(xml|json|ndjson|javascript|yaml|toml|sql|sh|rtf|php"
              + "|www-form-urlencoded)");

  /// What becomes of a file.
  public enum Kind {
    /// The agent gets it, once it has been searched.
    PASSED,
    /// The agent is told its type, size and SHA-256.
    DESCRIBED,
    /// Nothing of it leaves.
    WITHHELD;

    /// {@return the name in catalogs}
    public String wire() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// Copies the map.
  ///
  /// @throws IllegalArgumentException if a text is to be passed unread
  public FileKinds {
    byType = Map.copyOf(byType);
    byType.forEach(
        (type, kind) -> {
          if (kind == Kind.PASSED && TEXT.matcher(type).matches()) {
            throw new IllegalArgumentException(
                "must not pass " + type + ", which is text: read it with response text or json");
          }
        });
  }

  /// {@return what becomes of a file of this type: of what is nowhere named, nothing leaves, and a
  /// text that only its family lets pass is withheld}
  public Kind of(String mediaType) {
    Kind named = byType.get(mediaType);
    if (named != null) {
      return named;
    }
    String family = mediaType.substring(0, mediaType.indexOf('/') + 1) + "*";
    Kind kind = byType.getOrDefault(family, byType.getOrDefault("*/*", Kind.WITHHELD));
    return kind == Kind.PASSED && TEXT.matcher(mediaType).matches() ? Kind.WITHHELD : kind;
  }

  /// {@return the same in a fixed order, for the tool's digest}
  Map<String, Kind> sorted() {
    return new TreeMap<>(byType);
  }
}
