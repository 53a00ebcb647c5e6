package dev.keyward.server.credential;

import dev.keyward.catalog.CredentialRef;
import dev.keyward.redaction.Secret;
import dev.keyward.server.credential.EncryptedFileJson.Content;
import dev.keyward.server.credential.EncryptedFileJson.Sealed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/// The embedded store: one file, each version of each secret sealed by itself.
///
/// A version is encrypted with AES-256-GCM under a random key of its own, which is wrapped by a key
/// derived from the [MasterKey]. Path, field and version are authenticated with both, so that no
/// record can stand in for another, and a MAC over the whole file shows one that was cut, mixed or
/// edited. What the MAC cannot show is an older whole file put back: compare [#generation] with a
/// record kept elsewhere. Every write replaces the file in one step, so a crash leaves the old or
/// the new one. A replaced version can be put back in force until its grace time is over. Values
/// are decrypted once and stay in memory for the redactor. Safe for all threads; one process at a
/// time writes, and a file that another one has changed is not overwritten.
public final class EncryptedFile implements CredentialStore {
  /// The store's name in references.
  public static final String STORE = "local";

  /// How long a replaced version stays held where nothing else is said.
  public static final Duration GRACE = Duration.ofHours(24);

  private static final int MAX_BYTES = 32 << 20;
  private static final String NO_FILE = "";

  private final Path file;
  private final SecureRandom random;
  private final MasterKey root;
  private final InstantSource clock;
  private final Duration grace;
  private final DurableFile disk;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private volatile State state;

  private EncryptedFile(
      Path file,
      MasterKey master,
      InstantSource clock,
      SecureRandom random,
      Duration grace,
      DurableFile disk) {
    this.file = file;
    this.random = random;
    this.clock = clock;
    this.grace = grace;
    this.disk = disk;
    this.state = read(new SealingKeys(master, random));
    this.root = state.lock().root(file).orElse(master);
  }

  /// Opens the file, or an empty store where there is none; the first change makes the file.
  ///
  /// @throws UnusableFile if it is damaged, of another master key or of an unknown format; it is
  ///   left as it is
  public static EncryptedFile open(
      Path file, MasterKey master, InstantSource clock, SecureRandom random) {
    return open(file, master, clock, random, GRACE);
  }

  /// Opens the file with another grace time: how long a replaced version stays held.
  ///
  /// @throws UnusableFile if it is damaged, of another master key or of an unknown format; it is
  ///   left as it is
  public static EncryptedFile open(
      Path file, MasterKey master, InstantSource clock, SecureRandom random, Duration grace) {
    return open(file, master, clock, random, grace, DurableFile.REAL);
  }

  static EncryptedFile open(
      Path file,
      MasterKey master,
      InstantSource clock,
      SecureRandom random,
      Duration grace,
      DurableFile disk) {
    return new EncryptedFile(file, master, clock, random, grace, disk);
  }

  /// {@return whether the file there says that it was written with `master`}
  static boolean writtenWith(Path file, MasterKey master) {
    try {
      return EncryptedFileJson.claims(onDisk(file), new SealingKeys(master, new SecureRandom()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// {@return the key from which everything outside of this file is derived: the installation's
  /// first master key, which later ones only protect}
  public MasterKey root() {
    return root;
  }

  /// {@return the newest version of what `ref` names, or empty if nothing is stored under it}
  public Optional<HeldSecret> stored(CredentialRef ref) {
    return Optional.ofNullable(state.newest().get(ref)).map(Entry::held);
  }

  @Override
  public Lookup current(CredentialRef ref) {
    return stored(ref)
        .<Lookup>map(Lookup.Found::new)
        .orElseGet(() -> new Lookup.Missing("is missing; set it with: keyward secret set " + ref));
  }

  @Override
  public Lookup newest(CredentialRef ref) {
    return current(ref);
  }

  @Override
  public List<StoreFinding> examine() {
    return List.of();
  }

  @Override
  public Collection<Secret> held() {
    Instant now = clock.instant();
    return state.entries().stream().filter(e -> e.liveAt(now)).map(Entry::value).toList();
  }

  @Override
  public void onChange(Runnable listener) {
    listeners.add(listener);
  }

  /// {@return what is stored, by name and then version; no values}
  public List<StoredSecret> list() {
    return state.entries().stream()
        .map(Entry::shown)
        .sorted(
            Comparator.comparing((StoredSecret shown) -> shown.ref().toString())
                .thenComparingInt(StoredSecret::version))
        .toList();
  }

  /// {@return how often the file has been changed; only a whole older file put back lowers it}
  public long generation() {
    return state.generation();
  }

  /// Stores a first value, or replaces the value there is, which stays held for the grace time.
  ///
  /// @return the new version
  /// @throws IllegalArgumentException if `ref` names another store
  /// @throws UnusableFile if another process has changed the file; nothing is written
  /// @throws UncheckedIOException if the disk fails; the old file is then still whole
  public int set(CredentialRef ref, Secret value) {
    return put(ref, value);
  }

  /// Replaces a value there is; the old one stays held for the grace time.
  ///
  /// @return the new version
  /// @throws IllegalArgumentException if `ref` names another store, or nothing is stored under it
  /// @throws UnusableFile if another process has changed the file; nothing is written
  /// @throws UncheckedIOException if the disk fails; the old file is then still whole
  public synchronized int rotate(CredentialRef ref, Secret value) {
    if (stored(ref).isEmpty()) {
      throw new IllegalArgumentException(ref + " is not stored, so there is nothing to rotate");
    }
    return put(ref, value);
  }

  /// Puts the value of an older version in force again, as a new version; the one it replaces stays
  /// held for the grace time.
  ///
  /// @return the new version
  /// @throws IllegalArgumentException if that version is not held any more, or is the newest
  /// @throws UnusableFile if another process has changed the file; nothing is written
  /// @throws UncheckedIOException if the disk fails; the old file is then still whole
  public synchronized int rollBack(CredentialRef ref, int version) {
    Instant now = clock.instant();
    Secret value =
        state.entries().stream()
            .filter(entry -> entry.shown().ref().equals(ref) && entry.liveAt(now))
            .filter(entry -> entry.shown().version() == version)
            .filter(entry -> entry.shown().expires().isPresent())
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        ref + " has no replaced version " + version + " that is still kept"))
            .value();
    return put(ref, value);
  }

  /// Stores many values at once: all of them or, if anything fails, none. Each replaces the value
  /// there is, which stays held for the grace time.
  ///
  /// @return the new version of each
  /// @throws IllegalArgumentException if one names another store
  /// @throws UnusableFile if another process has changed the file; nothing is written
  /// @throws UncheckedIOException if the disk fails; the old file is then still whole
  public synchronized Map<CredentialRef, Integer> setAll(Map<CredentialRef, Secret> values) {
    List<Entry> entries = new ArrayList<>(state.entries());
    Map<CredentialRef, Integer> versions = new HashMap<>();
    values.forEach((ref, value) -> versions.put(ref, put(entries, ref, value)));
    write(entries);
    return versions;
  }

  /// Seals everything anew, so that only `next` opens the file from now on.
  ///
  /// @throws UnusableFile if another process has changed the file; nothing is written
  /// @throws UncheckedIOException if the disk fails; the old file is then still whole
  synchronized void rekey(MasterKey next) {
    var keys = new SealingKeys(next, random);
    List<Entry> sealed = state.entries().stream().map(entry -> entry.sealedBy(keys)).toList();
    write(new Lock(keys, Optional.of(keys.sealRoot(root))), sealed);
  }

  /// Deletes every version of a secret; none is held afterwards.
  ///
  /// @return whether there was one
  /// @throws UnusableFile if another process has changed the file; nothing is written
  /// @throws UncheckedIOException if the disk fails; the old file is then still whole
  public synchronized boolean remove(CredentialRef ref) {
    List<Entry> rest = state.entries().stream().filter(e -> !e.shown().ref().equals(ref)).toList();
    if (rest.size() == state.entries().size()) {
      return false;
    }
    write(rest);
    return true;
  }

  @Override
  public String toString() {
    return "[secret file " + file + "]";
  }

  private synchronized int put(CredentialRef ref, Secret value) {
    List<Entry> entries = new ArrayList<>(state.entries());
    int version = put(entries, ref, value);
    write(entries);
    return version;
  }

  private int put(List<Entry> entries, CredentialRef ref, Secret value) {
    if (!ref.store().equals(STORE)) {
      throw new IllegalArgumentException(ref + " must name the store " + STORE);
    }
    Instant now = Instant.ofEpochMilli(clock.millis()); // what the file can hold
    int version = stored(ref).map(held -> held.version() + 1).orElse(1);
    entries.replaceAll(old -> old.shown().ref().equals(ref) ? old.replacedAt(now, grace) : old);
    var shown = new StoredSecret(ref, version, now, Optional.empty());
    entries.add(new Entry(shown, state.lock().keys().seal(shown, value), value));
    return version;
  }

  private void write(List<Entry> entries) {
    write(state.lock(), entries);
  }

  private void write(Lock lock, List<Entry> entries) {
    Instant now = clock.instant();
    List<Entry> live = entries.stream().filter(entry -> entry.liveAt(now)).toList();
    long generation = state.generation() + 1;
    var content = new Content(generation, lock.root(), live.stream().map(Entry::written).toList());
    String text = EncryptedFileJson.write(content, lock.keys());
    try {
      if (!onDisk(file).equals(state.text())) {
        throw new UnusableFile(
            file, "was changed by another process since it was opened; nothing was written");
      }
      disk.replace(file, text.getBytes(StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    state = State.of(lock, generation, live, text);
    listeners.forEach(Runnable::run);
  }

  private State read(SealingKeys keys) {
    String text;
    try {
      text = onDisk(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (text.equals(NO_FILE)) {
      return State.of(new Lock(keys, Optional.empty()), 0, List.of(), text);
    }
    Content content = EncryptedFileJson.read(file, text, keys);
    List<Entry> entries = new ArrayList<>();
    for (Sealed sealed : content.secrets()) {
      Secret value =
          keys.open(sealed).orElseThrow(() -> new UnusableFile(file, EncryptedFileJson.DAMAGED));
      entries.add(new Entry(sealed.shown(), sealed, value));
    }
    return State.of(new Lock(keys, content.root()), content.generation(), entries, text);
  }

  /// An empty file is not the same as none: whatever was in it is gone, and somebody should know.
  private static String onDisk(Path file) throws IOException {
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return NO_FILE;
    }
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new UnusableFile(file, "must be a regular file, not a link or a folder");
    }
    if (Files.size(file) > MAX_BYTES || Files.size(file) == 0) {
      throw new UnusableFile(file, EncryptedFileJson.DAMAGED);
    }
    return Files.readString(file, StandardCharsets.ISO_8859_1);
  }

  /// What opens the file, and the sealed root where the master key has been changed.
  private record Lock(SealingKeys keys, Optional<String> root) {
    Optional<MasterKey> root(Path file) {
      return root.map(
          box ->
              keys.openRoot(box)
                  .orElseThrow(() -> new UnusableFile(file, EncryptedFileJson.DAMAGED)));
    }
  }

  private record State(
      Lock lock,
      long generation,
      List<Entry> entries,
      Map<CredentialRef, Entry> newest,
      String text) {
    static State of(Lock lock, long generation, List<Entry> entries, String text) {
      Map<CredentialRef, Entry> newest = new HashMap<>();
      for (Entry entry : entries) {
        newest.merge(entry.shown().ref(), entry, Entry::newer);
      }
      return new State(lock, generation, List.copyOf(entries), newest, text);
    }
  }

  private record Entry(StoredSecret shown, Sealed sealed, Secret value) {
    boolean liveAt(Instant now) {
      return shown.expires().isEmpty() || now.isBefore(shown.expires().get());
    }

    Entry newer(Entry other) {
      return other.shown.version() > shown.version() ? other : this;
    }

    HeldSecret held() {
      return new HeldSecret(value, shown.version(), shown.created());
    }

    Sealed written() {
      return new Sealed(shown, sealed.wrappedKey(), sealed.ciphertext());
    }

    Entry sealedBy(SealingKeys keys) {
      return new Entry(shown, keys.seal(shown, value), value);
    }

    Entry replacedAt(Instant now, Duration grace) {
      if (shown.expires().isPresent()) {
        return this;
      }
      var ending =
          new StoredSecret(
              shown.ref(), shown.version(), shown.created(), Optional.of(now.plus(grace)));
      return new Entry(ending, sealed, value);
    }
  }
}
