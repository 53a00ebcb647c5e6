package dev.keyward.server.identity;

import dev.keyward.call.CallRefused;
import dev.keyward.call.Refusal;
import dev.keyward.redaction.Secret;

/// Tells who presents a key. Each request is asked about by itself; a session id is no identity.
public final class Identity {
  private final Agents agents;
  private final Epoch epoch;
  private final Runnable onStranger;

  /// Calls `onStranger` for every refused key, so that refusals can be counted.
  public Identity(Agents agents, Epoch epoch, Runnable onStranger) {
    this.agents = agents;
    this.epoch = epoch;
    this.onStranger = onStranger;
  }

  /// {@return the agent whose live key this is}
  ///
  /// @throws CallRefused with [Refusal.Unauthenticated], whatever is wrong with the key
  /// @throws dev.keyward.store.StoreUnavailable if nobody can say whether it has been revoked
  public AgentSession authenticate(Secret key) {
    epoch.confirm();
    if (AgentKey.shaped(key)) {
      var session = agents.holder(AgentKey.hash(key));
      if (session.isPresent()) {
        return session.get();
      }
    }
    onStranger.run();
    throw new CallRefused(new Refusal.Unauthenticated());
  }

  /// {@return whether the key behind `session` is still live; asked again before anything is sent}
  ///
  /// @throws dev.keyward.store.StoreUnavailable if nobody can say
  public boolean stillLive(AgentSession session) {
    epoch.confirm();
    return agents.holder(session.keyId()).isPresent();
  }
}
