package dev.keyward.approvals;

import java.time.Duration;

/// How much people are asked, so that they read what they are asked.
///
/// @param agent of what one agent sets off, be it by helpers in runs inside its own
/// @param person of what is asked on one person's account: the delegator whom a signed token names,
///   else the agent's owner, as in [dev.keyward.call.Caller#confirmer]. A delegator who is only
///   claimed has no account here, or agents could use up one another's
public record QuestionLimits(Most agent, Most person) {

  /// How many questions there may be. Who asks at an even pace may ask one in each `refill`.
  ///
  /// @param waiting how many may wait for people at once; at least 1
  /// @param burst how many may be asked one after another, after a silence; at least 1
  /// @param refill after how long it is one more; at least a millisecond
  public record Most(int waiting, int burst, Duration refill) {
    private static final Duration USUAL_REFILL = Duration.ofSeconds(30);

    /// Checks the ranges.
    ///
    /// @throws IllegalArgumentException if one is out of range
    public Most {
      if (waiting < 1 || burst < 1) {
        throw new IllegalArgumentException("waiting and burst must be at least 1");
      }
      if (refill.toMillis() < 1) {
        throw new IllegalArgumentException("refill must be at least a millisecond");
      }
    }

    /// {@return so many at once and one after another, and one more in half a minute}
    public static Most of(int questions) {
      return new Most(questions, questions, USUAL_REFILL);
    }
  }

  /// {@return the same for each agent and person, as [Most#of]}
  public static QuestionLimits of(int questions) {
    return new QuestionLimits(Most.of(questions), Most.of(questions));
  }
}
