package dev.keyward.demo;

import dev.keyward.demo.company.CompanyKey;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;

/// Starts a broker for the demo.
@FunctionalInterface
interface BrokerStart {
  /// {@return a broker that listens, with both companies in its catalog and their keys stored}
  ///
  /// @param home an empty folder, which becomes the broker's
  BrokerDoor start(Path home, Upstream crm, Upstream payments) throws IOException;

  /// What the broker's operator knows of a company.
  ///
  /// @param origin where it listens
  /// @param key the key that it issued
  record Upstream(URI origin, CompanyKey key) {}
}
