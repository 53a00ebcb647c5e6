package dev.keyward.server.pipeline;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.keyward.call.AgentId;
import dev.keyward.call.Caller;
import dev.keyward.redaction.Redactor;
import dev.keyward.server.handle.Handles;
import tools.jackson.databind.JsonNode;

/// Keeps upstreams that give an agent its own text back from telling it which of its guesses is
/// right: what is taken out of such a text says that a part of it is a secret's.
///
/// Text that holds a part of a secret is let through on the way in, for a refusal would tell the
/// same; but it is remembered who sent one, in whichever spelling. From then on an answer to that
/// agent, or to one that works for it, with a part of a secret in it is withheld, and is an alarm.
/// Thread-safe.
final class Echoes {
  private static final int AGENTS = 100_000;

  private final Redactor redactor;
  private final Handles handles;
  private final SecretAlarms alarms;
  private final Cache<AgentId, Boolean> guessing =
      Caffeine.newBuilder().maximumSize(AGENTS).build();

  Echoes(Redactor redactor, Handles handles, SecretAlarms alarms) {
    this.redactor = redactor;
    this.handles = handles;
    this.alarms = alarms;
  }

  /// Looks at what an agent sends, which hears nothing of what is found.
  ///
  /// @return whether a part of a secret was
  boolean sent(Caller caller, JsonNode arguments) {
    boolean found = holdsPart(caller, arguments);
    if (found) {
      guessing.put(caller.lead(), true);
    }
    return found;
  }

  /// {@return whether `answer`, as it would be scrubbed, could tell the agent that a guess of its
  /// own is right; that is an alarm then}
  boolean tell(Caller caller, JsonNode answer) {
    if (guessing.getIfPresent(caller.lead()) == null || !holdsPart(caller, answer)) {
      return false;
    }
    alarms.raise(caller, "sent a part of a secret and was to get one back in an answer");
    return true;
  }

  /// Begins again from nothing, for an agent with a new key.
  void forget(AgentId agent) {
    guessing.invalidate(agent);
  }

  /// What cannot be looked through in full counts as a guess.
  private boolean holdsPart(Caller caller, JsonNode json) {
    try {
      return redactor.holdsPart(json, handles.known(caller.run()));
    } catch (Redactor.Uncertain e) {
      return true;
    }
  }
}
