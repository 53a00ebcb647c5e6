package dev.keyward.server.upstream;

import dev.keyward.call.CallId;
import dev.keyward.call.Cancellation;
import dev.keyward.call.Tier;
import dev.keyward.call.ToolName;
import dev.keyward.catalog.CredentialRef;
import dev.keyward.catalog.HeaderField;
import dev.keyward.catalog.Limits;
import dev.keyward.catalog.Placement;
import dev.keyward.catalog.RequestBody;
import dev.keyward.catalog.ResponseKind;
import dev.keyward.catalog.UpstreamRequest;
import dev.keyward.redaction.Secret;
import dev.keyward.server.credential.Lease;
import dev.keyward.server.credential.MintFacts;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/// Requests, leases and gates for tests of the upstream.
final class Calls {
  static final String KEY_TEXT = "canary-key-51b7e0";
  static final Secret KEY = Secret.of(KEY_TEXT);
  static final String FRESH_TEXT = "canary-fresh-90aa12";
  static final Secret FRESH = Secret.of(FRESH_TEXT);

  private Calls() {}

  /// {@return a read of `/api/x` with a bearer token, 30 s and 64 KiB}
  static Outgoing read(URI origin) {
    return call(origin, Tier.READ, "GET", Optional.empty(), Optional.empty());
  }

  /// {@return a write with a body, and an idempotency key where one is given}
  static Outgoing write(URI origin, Optional<String> key) {
    return call(
        origin,
        Tier.WRITE,
        "POST",
        Optional.of(new RequestBody("application/json", "{\"note\":\"é\"}")),
        key.map(value -> new HeaderField("Idempotency-Key", value)));
  }

  private static Outgoing call(
      URI origin,
      Tier tier,
      String method,
      Optional<RequestBody> body,
      Optional<HeaderField> idempotency) {
    var headers = List.of(new HeaderField("Accept", "application/json"));
    return new Outgoing(
        CallId.random(new Random(1)),
        new ToolName("crm.test"),
        tier,
        origin,
        "/api/{x}",
        new UpstreamRequest(method, "/api/x?a=1%2F2&a=b+c", headers, body),
        idempotency,
        Optional.of(new Placement.Bearer()),
        ResponseKind.JSON,
        new Limits(Duration.ofSeconds(30), 64 << 10, 16));
  }

  static Outgoing placed(Outgoing of, Placement placement) {
    return new Outgoing(
        of.call(),
        of.tool(),
        of.tier(),
        of.origin(),
        of.pathTemplate(),
        of.request(),
        of.idempotency(),
        Optional.of(placement),
        of.kind(),
        of.limits());
  }

  static Outgoing as(Outgoing of, ResponseKind kind) {
    return new Outgoing(
        of.call(),
        of.tool(),
        of.tier(),
        of.origin(),
        of.pathTemplate(),
        of.request(),
        of.idempotency(),
        of.placement(),
        kind,
        of.limits());
  }

  static Outgoing within(Outgoing of, Duration timeout, int bytes) {
    return new Outgoing(
        of.call(),
        of.tool(),
        of.tier(),
        of.origin(),
        of.pathTemplate(),
        of.request(),
        of.idempotency(),
        of.placement(),
        of.kind(),
        new Limits(timeout, bytes, 16));
  }

  static Outgoing asking(Outgoing of, String path, HeaderField... headers) {
    var request =
        new UpstreamRequest(of.request().method(), path, List.of(headers), of.request().body());
    return new Outgoing(
        of.call(),
        of.tool(),
        of.tier(),
        of.origin(),
        of.pathTemplate(),
        request,
        of.idempotency(),
        of.placement(),
        of.kind(),
        of.limits());
  }

  /// A lease of `value`, with `fresher` to be had once it is asked for.
  record Lent(Secret value, Optional<Secret> newer) implements Lease {
    static Lent of(Secret value) {
      return new Lent(value, Optional.empty());
    }

    @Override
    public Optional<Secret> secret() {
      return Optional.of(value);
    }

    @Override
    public Optional<CredentialRef> ref() {
      return Optional.of(CredentialRef.parse("local:crm#token"));
    }

    @Override
    public Optional<Instant> expires() {
      return Optional.empty();
    }

    @Override
    public boolean standing() {
      return true;
    }

    @Override
    public int version() {
      return 1;
    }

    @Override
    public Optional<MintFacts> facts() {
      return Optional.empty();
    }

    @Override
    public void rejected() {}

    @Override
    public Optional<Lease> fresher() {
      return newer.map(Lent::of);
    }

    @Override
    public void close() {}
  }

  /// Lets everything pass, and counts.
  static final class Passing implements Sending {
    final AtomicInteger firstBytes = new AtomicInteger();
    final Cancellation cancellation = new Cancellation();
    volatile boolean permitted = true;

    @Override
    public void firstByte() {
      firstBytes.incrementAndGet();
    }

    @Override
    public boolean stillPermitted() {
      return permitted;
    }

    @Override
    public Cancellation cancellation() {
      return cancellation;
    }
  }
}
