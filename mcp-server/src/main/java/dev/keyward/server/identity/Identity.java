package dev.keyward.server.identity;

import dev.keyward.call.CallRefused;
import dev.keyward.call.Refusal;
import dev.keyward.call.ToolName;
import dev.keyward.redaction.Secret;
import java.util.Optional;

/// Tells who presents a key, the token of a run, or one that somebody else has issued. Each request
/// is asked about by itself; a session id is no identity.
public final class Identity {
  private final Agents agents;
  private final RunTokens runs;
  private final Tokens tokens;
  private final Epoch epoch;
  private final Runnable onStranger;

  /// Calls `onStranger` for every refused key or token, so that refusals can be counted.
  public Identity(Agents agents, RunTokens runs, Tokens tokens, Epoch epoch, Runnable onStranger) {
    this.agents = agents;
    this.runs = runs;
    this.tokens = tokens;
    this.epoch = epoch;
    this.onStranger = onStranger;
  }

  /// {@return the agent whose live key or token this is}
  ///
  /// @throws CallRefused with [Refusal.Unauthenticated], whatever is wrong with it, or with
  ///   [Refusal.InsufficientScope]
  /// @throws dev.keyward.store.StoreUnavailable if nobody can say whether it has been revoked
  public AgentSession authenticate(Secret key) {
    epoch.confirm();
    Optional<AgentSession> session = holder(key);
    if (session.isEmpty()) {
      onStranger.run();
      throw new CallRefused(new Refusal.Unauthenticated());
    }
    return session.get();
  }

  private Optional<AgentSession> holder(Secret key) {
    if (KeyForm.AGENT.shaped(key)) {
      return agents.holder(KeyForm.hash(key));
    }
    return KeyForm.RUN.shaped(key) ? runs.holder(KeyForm.hash(key)) : ofToken(key);
  }

  /// {@return whether the key or token behind `session` is still live; asked again before anything
  /// is sent}
  ///
  /// @throws dev.keyward.store.StoreUnavailable if nobody can say
  public boolean stillLive(AgentSession session) {
    epoch.confirm();
    if (session.run().isPresent()) {
      return runs.holder(session.keyId()).isPresent();
    }
    return session.isOfToken()
        ? agents.tokenLives(session)
        : agents.holder(session.keyId()).isPresent();
  }

  /// {@return whether the agent behind `session` may still see `tool`; asked again before anything
  /// is sent, once [#stillLive] has been}
  public boolean stillSees(AgentSession session, ToolName tool) {
    return agents.live(session.agent().id()).filter(agent -> agent.tools().sees(tool)).isPresent();
  }

  private Optional<AgentSession> ofToken(Secret token) {
    return tokens
        .read(token)
        .flatMap(
            shown -> agents.live(shown.agent()).map(agent -> AgentSession.ofToken(agent, shown)));
  }
}
