package dev.keyward.catalog;

import java.util.List;

/// The catalog files that Keyward ships, and the JSON Schema that editors complete them with.
@SuppressWarnings("DoNotCallSuggester")
public final class ExampleCatalogs {
  private ExampleCatalogs() {}

  /// {@return the file names: `crm.yaml`, `stripe.yaml`}
  public static List<String> names() {
    return List.of("crm.yaml", "stripe.yaml");
  }

  /// {@return the text of one of [#names]}
  ///
  /// @throws IllegalArgumentException if there is no example of this name
  public static String text(String name) {
    throw new UnsupportedOperationException("being built");
  }

  /// {@return the file name under which catalog files refer to the schema}
  public static String schemaName() {
    return "tool-catalog.schema.json";
  }

  /// {@return the text of the JSON Schema of the format}
  public static String schema() {
    throw new UnsupportedOperationException("being built");
  }
}
