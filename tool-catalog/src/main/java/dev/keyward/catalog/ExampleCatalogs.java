package dev.keyward.catalog;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// The catalog files that Keyward ships, and the JSON Schema that editors complete them with.
public final class ExampleCatalogs {
  private static final List<String> NAMES = List.of("crm.yaml", "stripe.yaml");

  private ExampleCatalogs() {}

  /// {@return the file names: `crm.yaml`, `stripe.yaml`}
  public static List<String> names() {
    return NAMES;
  }

  /// {@return the text of one of [#names]}
  ///
  /// @throws IllegalArgumentException if there is no example of this name
  public static String text(String name) {
    if (!NAMES.contains(name)) {
      throw new IllegalArgumentException("must be one of " + NAMES);
    }
    return resource("examples/" + name);
  }

  /// {@return the file name under which catalog files refer to the schema}
  public static String schemaName() {
    return "tool-catalog.schema.json";
  }

  /// {@return the text of the JSON Schema of the format}
  public static String schema() {
    return resource(schemaName());
  }

  private static String resource(String name) {
    try (InputStream stream = ExampleCatalogs.class.getResourceAsStream(name)) {
      if (stream == null) {
        throw new IllegalStateException("the jar lacks " + name);
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
