package dev.keyward.server.identity;

import java.util.Locale;

/// In which form an agent is told its tools' names; it may call by either.
public enum ToolNames {
  /// `crm.read_ticket`.
  CANONICAL,
  /// `crm_read_ticket`, for clients and models that take only `[A-Za-z0-9_-]`.
  SAFE;

  /// {@return the name in commands and in the store}
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// {@return the setting named `wire`}
  ///
  /// @throws IllegalArgumentException if there is none
  public static ToolNames parse(String wire) {
    return switch (wire) {
      case "canonical" -> CANONICAL;
      case "safe" -> SAFE;
      default -> throw new IllegalArgumentException("tool names must be canonical or safe");
    };
  }
}
