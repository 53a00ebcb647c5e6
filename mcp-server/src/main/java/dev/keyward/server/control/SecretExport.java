package dev.keyward.server.control;

import dev.keyward.catalog.CredentialRef;
import dev.keyward.redaction.Secret;
import dev.keyward.server.audit.Actor;
import dev.keyward.server.audit.AuditEvent;
import dev.keyward.server.credential.HeldSecret;
import dev.keyward.server.credential.StoredSecret;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/// The embedded store's values, for an operator who has said that they shall come out.
///
/// No command of [Operations], so that a running broker never gives one over its socket: whoever
/// exports opens the home folder, with the master key.
public final class SecretExport {
  private static final Actor BY = new Actor.Operator();

  private final OperatorCommands.Parts parts;

  /// The store of these parts.
  public SecretExport(OperatorCommands.Parts parts) {
    this.parts = parts;
  }

  /// {@return the newest value of every secret that is `wanted`, by reference}
  ///
  /// Each is in the audit before it is given out.
  public Map<CredentialRef, Secret> values(Predicate<CredentialRef> wanted) {
    Map<CredentialRef, HeldSecret> held = new LinkedHashMap<>();
    for (StoredSecret secret : parts.secrets().list()) {
      if (wanted.test(secret.ref())) {
        parts.secrets().stored(secret.ref()).ifPresent(value -> held.put(secret.ref(), value));
      }
    }
    List<AuditEvent> events =
        held.entrySet().stream()
            .<AuditEvent>map(
                one -> new AuditEvent.SecretExported(one.getKey(), one.getValue().version(), BY))
            .toList();
    parts.record(events);
    Map<CredentialRef, Secret> values = new LinkedHashMap<>();
    held.forEach((ref, secret) -> values.put(ref, secret.value()));
    return values;
  }
}
