package dev.keyward.approvals.web;

import dev.keyward.call.ToolName;
import java.util.Optional;

/// Which credentials tools act with at the moment, by name. Thread-safe.
@FunctionalInterface
public interface ToolCredentials {
  /// One tool's credential; nothing of its value.
  ///
  /// @param reference what the catalog calls it, for example `local:crm#token`
  /// @param made how it is made for a run, for example `oauth_client_credentials`; empty for one
  ///   that is kept and works until somebody changes it
  /// @param scope what it is asked for; empty where nobody says
  record Use(String reference, Optional<String> made, Optional<String> scope) {}

  /// {@return what `tool` acts with; empty if that is nothing, or there is no such tool any more}
  Optional<Use> of(ToolName tool);
}
