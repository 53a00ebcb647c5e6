package dev.keyward.server.condition;

/// What kind of value a name stands for, or a function takes or gives.
public enum Kind {
  TEXT,
  FLAG,
  INTEGER,
  /// Compares and adds up with integers and fractions alike.
  NUMBER,
  MOMENT,
  /// A JSON object whose fields nobody knows before.
  OBJECT,
  /// Any JSON value; what it is shows when the condition is evaluated.
  ANY
}
