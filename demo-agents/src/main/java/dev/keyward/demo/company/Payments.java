package dev.keyward.demo.company;

import java.io.IOException;
import java.net.URI;
import java.time.InstantSource;
import java.util.List;
import java.util.random.RandomGenerator;

/// A stand-in payments API in the shape of Stripe's: `GET /v1/invoices`, `GET /v1/customers/{id}`,
/// `POST /v1/refunds` (form-encoded, honours `Idempotency-Key`).
///
/// Lists, parameters, refunds and errors follow Stripe's API reference, version 2024-06-20; a call
/// without the right key gets 401. Its bad habits: one customer's error repeats the request's
/// Authorization header, and customers' metadata hold it in base64.
public final class Payments implements AutoCloseable {
  private final StandIn door;
  private final CompanyKey key;
  private final Ledger ledger;

  private Payments(StandIn door, CompanyKey key, Ledger ledger) {
    this.door = door;
    this.key = key;
    this.ledger = ledger;
  }

  /// Starts it on a free port of loopback.
  ///
  /// @param world whose customers, invoices and charges it holds
  /// @param key the only key it accepts
  /// @param clock dates the refunds
  /// @param random makes the refunds' ids
  /// @throws IOException if no port can be had
  public static Payments open(
      World world, CompanyKey key, InstantSource clock, RandomGenerator random) throws IOException {
    var ledger = new Ledger(world, clock, new Ids(random));
    var endpoints = new PaymentsEndpoints(ledger, new Leaks(key), world.unreadable().id());
    return new Payments(StandIn.open(key, endpoints), key, ledger);
  }

  /// {@return `http://127.0.0.1:PORT`}
  public URI origin() {
    return door.origin();
  }

  /// {@return what it has seen}
  public Journal journal() {
    return door.journal();
  }

  /// {@return the key it accepts}
  public CompanyKey key() {
    return key;
  }

  /// {@return the refunds made so far}
  public List<Refund> refunds() {
    return ledger.refunds();
  }

  @Override
  public void close() {
    door.close();
  }
}
