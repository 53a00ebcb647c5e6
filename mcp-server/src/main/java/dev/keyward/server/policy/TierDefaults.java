package dev.keyward.server.policy;

import dev.keyward.call.Tier;

/// What becomes of a call that no rule speaks of, and the floor that no rule lowers.
///
/// Reads run, writes need the confirmation of the person behind the agent, dangerous writes need
/// two independent people.
///
/// @param singleOperator whether one person runs this install; then one has to do
record TierDefaults(boolean singleOperator) {

  /// {@return the answer where no rule matches}
  Verdict of(Tier tier) {
    return effect(tier).by(rule(tier));
  }

  /// {@return `verdict`, or the least that `tier` demands where that is stricter}
  Verdict atLeast(Tier tier, Verdict verdict) {
    boolean low = tier == Tier.DANGEROUS_WRITE && Effect.of(verdict).compareTo(effect(tier)) < 0;
    return low ? of(tier) : verdict;
  }

  private Effect effect(Tier tier) {
    return switch (tier) {
      case READ -> Effect.ALLOW;
      case WRITE -> Effect.CONFIRM;
      case DANGEROUS_WRITE -> singleOperator ? Effect.REVIEW : Effect.DUAL;
    };
  }

  /// {@return how this tier's answer is named where a rule's name would stand}
  static String rule(Tier tier) {
    return "tier " + tier.wire();
  }
}
