package dev.keyward.call;

import java.util.Locale;

/// How much harm a tool can do; set by the catalog, never by the agent. Ordered: mildest first.
public enum Tier {
  READ,
  WRITE,
  DANGEROUS_WRITE;

  /// {@return the name in catalogs, policies and the audit, for example `dangerous_write`}
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// {@return whether a call of this tier changes something upstream}
  public boolean changes() {
    return this != READ;
  }
}
