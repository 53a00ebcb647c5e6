package dev.keyward.server.upstream;

import dev.keyward.catalog.HttpBinding;
import dev.keyward.catalog.SqlBinding;
import dev.keyward.server.credential.Lease;
import dev.keyward.server.handle.Restored;
import dev.keyward.server.policy.PermittedCall;
import java.util.Optional;

/// Each call goes the way that its tool's binding says.
public final class UpstreamByBinding implements Upstream {
  private final Upstream http;
  private final Upstream sql;

  /// Joins the ways.
  public UpstreamByBinding(Upstream http, Upstream sql) {
    this.http = http;
    this.sql = sql;
  }

  @Override
  public Reply send(
      PermittedCall call,
      Restored restored,
      Lease lease,
      Optional<String> idempotencyKey,
      Sending sending) {
    Upstream way =
        switch (call.call().tool().binding()) {
          case HttpBinding _ -> http;
          case SqlBinding _ -> sql;
        };
    return way.send(call, restored, lease, idempotencyKey, sending);
  }
}
