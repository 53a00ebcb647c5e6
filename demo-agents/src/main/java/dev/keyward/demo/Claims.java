package dev.keyward.demo;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/// Collects what the stories claim. The demo succeeds only if there were claims and all of them
/// held. Any thread may add.
public final class Claims {
  private final List<Claim> claims = new CopyOnWriteArrayList<>();

  /// Adds one.
  public void add(Claim claim) {
    claims.add(claim);
  }

  /// {@return all, in the order in which they were made}
  public List<Claim> all() {
    return List.copyOf(claims);
  }

  /// {@return those that did not hold}
  public List<Claim> broken() {
    return claims.stream().filter(claim -> !claim.held()).toList();
  }

  /// {@return the claims of each story, in the order in which the stories began}
  public Map<String, Claims> stories() {
    Map<String, Claims> stories = new LinkedHashMap<>();
    claims.forEach(claim -> stories.computeIfAbsent(claim.story(), _ -> new Claims()).add(claim));
    return stories;
  }

  /// {@return how many held, and of how many; for example `✓ 5 of 5`}
  public String tally() {
    return (allHeld() ? "✓ " : "✗ ") + (claims.size() - broken().size()) + " of " + claims.size();
  }

  /// {@return whether there is at least one claim and every one held}
  public boolean allHeld() {
    return !claims.isEmpty() && broken().isEmpty();
  }
}
