package dev.keyward.catalog;

/// A place in a statement that an argument fills.
///
/// @param argument its name
/// @param type as what it is bound
/// @param list whether it is a list of such values, bound as one array
public record SqlPlace(String argument, Type type, boolean list) {
  /// As what a value is bound.
  public enum Type {
    /// `text`
    TEXT,
    /// `bigint`, or `numeric` for what is too large for that
    INTEGER,
    /// `numeric`
    NUMBER,
    /// `boolean`
    BOOLEAN
  }
}
