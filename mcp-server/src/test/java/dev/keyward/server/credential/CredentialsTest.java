package dev.keyward.server.credential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.call.CallRefused;
import dev.keyward.call.Refusal;
import dev.keyward.catalog.CredentialRef;
import dev.keyward.redaction.Secret;
import dev.keyward.server.policy.PermittedCall;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class CredentialsTest {
  private static final CredentialRef SHOP = CredentialRef.parse("local:shop#key");
  private static final String OLD_TEXT = "canary-old-44f0";
  private static final Secret OLD = Secret.of(OLD_TEXT);
  private static final Secret NEW = Secret.of("canary-new-1b2c");
  private static final PermittedCall CALL =
      PermittedTools.write(URI.create("https://shop.example.com"), "local:shop#key");

  private final UnsafeInMemoryStore store = new UnsafeInMemoryStore();
  private final Credentials credentials = new Credentials(Map.of("local", store), Mint.NONE);

  @Test
  void aLeaseHasTheNewestValueAndSaysThatItStands() {
    store.put(SHOP, OLD);

    try (Lease lease = credentials.lease(CALL, () -> {})) {
      assertEquals(Optional.of(OLD), lease.secret());
      assertEquals(Optional.of(SHOP), lease.ref());
      assertEquals(1, lease.version());
      assertTrue(lease.standing());
      assertEquals(Optional.empty(), lease.expires());
      assertEquals("[lease of local:shop#key, version 1]", lease.toString());
    }
  }

  @Test
  void aClosedLeaseGivesNothing() {
    store.put(SHOP, OLD);
    Lease lease = credentials.lease(CALL, () -> {});

    lease.close();

    assertThrows(IllegalStateException.class, lease::secret);
  }

  @Test
  void aMissingCredentialIsRefusedAndItsReferenceIsInTheLog() {
    try (var canary = Canary.listening()) {
      var refused = assertThrows(CallRefused.class, () -> credentials.lease(CALL, () -> {}));

      assertEquals(new Refusal.CredentialMissing(), refused.refusal());
      assertTrue(canary.logged().contains("local:shop#key"));
      assertTrue(canary.logged().contains("shop.act"));
    }
  }

  @Test
  void noOtherCredentialStandsInForAMissingOne() {
    store.put(CredentialRef.parse("local:shop#other"), OLD);
    store.put(CredentialRef.parse("local:other#key"), OLD);
    var elsewhere = new Credentials(Map.of("vault", store), Mint.NONE);

    assertThrows(CallRefused.class, () -> credentials.lease(CALL, () -> {}));
    assertThrows(CallRefused.class, () -> elsewhere.lease(CALL, () -> {}));
  }

  @Test
  void aToolWithoutACredentialGetsAnEmptyLease() {
    PermittedCall call = PermittedTools.write(URI.create("https://shop.example.com"), "");

    try (Lease lease = credentials.lease(call, () -> {})) {
      assertEquals(Optional.empty(), lease.secret());
      assertEquals(Optional.empty(), lease.ref());
      assertEquals(0, lease.version());
      assertFalse(lease.standing());
      assertTrue(lease.fresher().isEmpty());
    }
  }

  @Test
  void aStoreThatCannotTellIsNotAStoreThatHasNothing() {
    store.down = true;
    try (var canary = Canary.listening()) {
      var refused = assertThrows(CallRefused.class, () -> credentials.lease(CALL, () -> {}));

      assertEquals(new Refusal.CredentialUnavailable(), refused.refusal());
      assertTrue(canary.logged().contains("local:shop#key of tool shop.act is out of reach"));
    }
  }

  @Test
  void aStoreThatCannotTellHasNothingFresher() {
    store.put(SHOP, OLD);
    Lease lease = credentials.lease(CALL, () -> {});

    store.down = true;

    assertTrue(lease.fresher().isEmpty());
    assertEquals(Optional.of(OLD), lease.secret());
  }

  @Test
  void aChangedOrRemovedCredentialIsNotServedFromTheCache() {
    store.put(SHOP, OLD);
    credentials.lease(CALL, () -> {}).close();

    store.put(SHOP, NEW);
    assertEquals(Optional.of(NEW), credentials.lease(CALL, () -> {}).secret());

    store.drop(SHOP);
    assertThrows(CallRefused.class, () -> credentials.lease(CALL, () -> {}));
  }

  @Test
  void aMissingCredentialIsLookedForAgain() {
    assertThrows(CallRefused.class, () -> credentials.lease(CALL, () -> {}));

    store.put(SHOP, OLD);

    assertEquals(Optional.of(OLD), credentials.lease(CALL, () -> {}).secret());
  }

  @Test
  void fresherMeansAnotherValueNotAnotherVersion() {
    store.put(SHOP, OLD);
    Lease lease = credentials.lease(CALL, () -> {});
    assertTrue(lease.fresher().isEmpty());

    store.put(SHOP, Secret.of(OLD_TEXT));
    assertTrue(lease.fresher().isEmpty(), "the same value in a new version");

    store.put(SHOP, NEW);
    assertEquals(Optional.of(NEW), lease.fresher().orElseThrow().secret());

    store.drop(SHOP);
    assertTrue(lease.fresher().isEmpty(), "removed");
  }

  /// A store that answers from memory, and whose change it has not heard of yet.
  @Test
  void fresherLooksPastWhatTheStoreKeeps() {
    store.put(SHOP, OLD);
    Lease lease = credentials.lease(CALL, () -> {});

    store.putBehindItsBack(SHOP, NEW);

    assertEquals(Optional.of(OLD), credentials.lease(CALL, () -> {}).secret(), "kept");
    assertEquals(Optional.of(NEW), lease.fresher().orElseThrow().secret());
  }

  @Test
  void whateverWasLentStaysKnownToTheRedactor() {
    store.put(SHOP, OLD);
    credentials.lease(CALL, () -> {}).close();
    store.put(SHOP, NEW);
    credentials.lease(CALL, () -> {}).close();

    store.drop(SHOP);

    assertEquals(List.of(), List.copyOf(store.held()));
    assertTrue(credentials.held().containsAll(List.of(OLD, NEW)));
  }

  @Test
  void theRedactorHearsOfAValueBeforeItIsLent() {
    List<Collection<Secret>> heard = new ArrayList<>();
    credentials.onChange(() -> heard.add(credentials.held()));
    store.putUnheld(SHOP, OLD);

    credentials.lease(CALL, () -> {}).close();
    credentials.lease(CALL, () -> {}).close();

    assertEquals(List.of(List.of(OLD)), heard);
  }

  @Test
  void changesOfTheStoreArePassedOn() {
    var heard = new AtomicInteger();
    credentials.onChange(heard::incrementAndGet);

    store.put(SHOP, OLD);
    store.drop(SHOP);

    assertEquals(2, heard.get());
  }

  /// Keeps values in the clear, for tests only.
  private static final class UnsafeInMemoryStore implements CredentialStore {
    private final Map<CredentialRef, HeldSecret> values = new HashMap<>();
    private final List<Runnable> listeners = new ArrayList<>();
    private final Map<CredentialRef, HeldSecret> unheard = new HashMap<>();
    private boolean tellsHeld = true;
    private boolean down;

    void put(CredentialRef ref, Secret value) {
      putQuietly(ref, value);
      listeners.forEach(Runnable::run);
    }

    void putQuietly(CredentialRef ref, Secret value) {
      int version = values.containsKey(ref) ? values.get(ref).version() + 1 : 1;
      values.put(ref, new HeldSecret(value, version, Instant.EPOCH));
    }

    void putBehindItsBack(CredentialRef ref, Secret value) {
      unheard.put(ref, new HeldSecret(value, 2, Instant.EPOCH));
    }

    /// As a store that mints values and holds none.
    void putUnheld(CredentialRef ref, Secret value) {
      tellsHeld = false;
      putQuietly(ref, value);
    }

    void drop(CredentialRef ref) {
      values.remove(ref);
      listeners.forEach(Runnable::run);
    }

    @Override
    public Lookup current(CredentialRef ref) {
      if (down) {
        return new Lookup.Unavailable("is out of reach");
      }
      HeldSecret value = values.get(ref);
      return value == null ? new Lookup.Missing("is not there") : new Lookup.Found(value);
    }

    @Override
    public Lookup newest(CredentialRef ref) {
      return unheard.containsKey(ref) ? new Lookup.Found(unheard.get(ref)) : current(ref);
    }

    @Override
    public List<StoreFinding> examine() {
      return List.of();
    }

    @Override
    public Collection<Secret> held() {
      return tellsHeld ? values.values().stream().map(HeldSecret::value).toList() : List.of();
    }

    @Override
    public void onChange(Runnable listener) {
      listeners.add(listener);
    }
  }
}
