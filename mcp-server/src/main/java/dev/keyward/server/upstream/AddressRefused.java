package dev.keyward.server.upstream;

/// The name of an upstream leads to an address that is not allowed; no connection was made.
@SuppressWarnings("serial") // never serialized
public final class AddressRefused extends Exception {
  AddressRefused(String origin) {
    super(origin + " leads to an address that is not public, and the config does not list it");
  }
}
