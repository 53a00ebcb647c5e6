package dev.keyward.server.transport;

import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// Where a bridge finds its broker, such that an agent key may be sent there.
///
/// @param endpoint the URL of MCP itself: https, or http where that is allowed
public record BrokerAddress(URI endpoint) {
  private static final Pattern LOOPBACK =
      Pattern.compile("localhost|127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}|\\[::1]|\\[0:0:0:0:0:0:0:1]");

  /// Reads what an operator wrote: `https://keyward.example.com`, or with a path for MCP.
  ///
  /// @param cleartext whether http may leave this machine; the key is readable on the way then
  /// @throws IllegalArgumentException naming the rule
  public static BrokerAddress of(URI url, boolean cleartext) {
    String scheme = Optional.ofNullable(url.getScheme()).orElse("").toLowerCase(Locale.ROOT);
    String host = Optional.ofNullable(url.getHost()).orElse("").toLowerCase(Locale.ROOT);
    if (host.isEmpty() || !(scheme.equals("https") || scheme.equals("http"))) {
      throw new IllegalArgumentException("the broker's URL must be http:// or https:// and a host");
    }
    if (url.getRawUserInfo() != null || url.getRawQuery() != null || url.getRawFragment() != null) {
      throw new IllegalArgumentException(
          "the broker's URL must have no user, query or fragment; the key comes from elsewhere");
    }
    if (scheme.equals("http") && !cleartext && !LOOPBACK.matcher(host).matches()) {
      throw new IllegalArgumentException(
          "the broker's URL must be https:// unless it is on this machine");
    }
    boolean bare = url.getRawPath().isEmpty() || url.getRawPath().equals("/");
    return new BrokerAddress(bare ? url.resolve(AgentListener.MCP) : url);
  }
}
