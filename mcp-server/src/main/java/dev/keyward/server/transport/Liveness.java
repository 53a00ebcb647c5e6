package dev.keyward.server.transport;

import static java.lang.System.Logger.Level.ERROR;

import dev.keyward.call.CallRefused;
import dev.keyward.redaction.Secret;

/// Whether a stream that was opened with a key may stay open.
final class Liveness {
  private static final System.Logger log = System.getLogger(Liveness.class.getName());

  private final Broker broker;

  Liveness(Broker broker) {
    this.broker = broker;
  }

  /// {@return whether the key still opens something; where that cannot be known, true: nothing is
  /// served on this word, every message is authenticated by itself}
  boolean lives(Secret key) {
    try {
      broker.authenticate(key);
      return true;
    } catch (CallRefused refused) {
      return false;
    } catch (RuntimeException broken) {
      log.log(ERROR, "an agent could not be authenticated: {0}", Faults.describe(broken));
      return true;
    }
  }
}
