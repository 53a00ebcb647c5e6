package dev.keyward.server.notice;

import dev.keyward.approvals.Addresses;
import dev.keyward.approvals.Approvals;
import dev.keyward.approvals.Person;
import dev.keyward.approvals.Role;
import dev.keyward.call.ApprovalId;
import dev.keyward.call.PersonId;
import dev.keyward.catalog.CredentialRef;
import dev.keyward.redaction.Secret;
import dev.keyward.server.config.NoticeSettings;
import dev.keyward.server.credential.Lookup;
import dev.keyward.server.credential.StoreFinding;
import dev.keyward.server.credential.StoreFinding.Level;
import java.io.IOException;
import java.net.URI;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Tells people that something waits for them, by every way that the operator has chosen.
///
/// The first request of a run is told of at once, more of it are gathered into one message, and
/// what is dangerous waits for nothing ([Tellings]). What is decided meanwhile is not told of.
/// [#gather] and each of [#lanes] want a thread each, so that no way waits for another.
public final class Notices implements AutoCloseable {
  private final Outbox outbox;
  private final InstantSource clock;
  private final Addresses addresses;
  private final List<Channel> channels;

  private Notices(Outbox outbox, InstantSource clock, Addresses addresses, List<Channel> channels) {
    this.outbox = outbox;
    this.clock = clock;
    this.addresses = addresses;
    this.channels = List.copyOf(channels);
  }

  /// Reads the signing key and the authorities; tells nobody yet.
  ///
  /// @param stores where the other secrets are, looked up when they are needed
  /// @throws IOException if the key cannot be read
  /// @throws IllegalArgumentException if a file holds something else
  public static Notices open(
      NoticeSettings settings,
      Outbox outbox,
      InstantSource clock,
      Addresses addresses,
      Function<CredentialRef, Lookup> stores)
      throws IOException {
    var keys = new Keys(stores);
    List<Channel> channels = new ArrayList<>();
    if (settings.webhook().isPresent()) {
      channels.add(Webhook.open(settings.webhook().get()));
    }
    settings.email().ifPresent(mail -> channels.add(new Mail(mail, keys, addresses)));
    settings
        .slack()
        .ifPresent(slack -> channels.add(new Chat("slack", slack, keys, SlackJson::of)));
    settings
        .teams()
        .ifPresent(teams -> channels.add(new Chat("teams", teams, keys, TeamsJson::of)));
    return new Notices(outbox, clock, addresses, channels);
  }

  /// {@return what must not leave}
  public Collection<Secret> secrets() {
    return channels.stream().flatMap(channel -> channel.secret().stream()).toList();
  }

  /// Makes messages of what people have to be told. To be called every second or so.
  ///
  /// @param page where people decide on a request
  public void gather(Approvals approvals, Function<ApprovalId, URI> page) {
    outbox.gatherGlass(channels, approvals, addresses, page);
    int told = outbox.gather(channels, approvals, addresses, page);
    if (told > 0) {
      outbox.forgetOlderThan(Lane.PATIENCE.plus(Lane.PATIENCE));
    }
  }

  /// {@return what sends the messages, for each way}
  public List<Lane> lanes() {
    return channels.stream().map(channel -> new Lane(channel, outbox, clock)).toList();
  }

  /// Sends a message that tells of nothing, past the outbox.
  ///
  /// @param way for example `email`
  /// @param recipient to whom, where it goes to one person
  /// @throws IllegalArgumentException if there is no such way, or no recipient where it takes one
  /// @throws Undelivered if it does not arrive
  public void test(String way, Optional<PersonId> recipient) throws Undelivered {
    Channel channel =
        channels.stream()
            .filter(known -> known.name().equals(way))
            .findFirst()
            .orElseThrow(
                () -> new IllegalArgumentException("config.yaml has no section approvals." + way));
    if (channel.personal() && recipient.flatMap(addresses::address).isEmpty()) {
      throw new IllegalArgumentException(
          "name a person with an address; give them one with: keyward person email NAME ADDRESS");
    }
    channel.send(outbox.test(recipient), clock.instant());
  }

  /// {@return how the ways are, as far as that shows without telling anybody anything}
  ///
  /// @param people everybody
  public List<StoreFinding> examine(Collection<Person> people) {
    List<StoreFinding> findings = new ArrayList<>();
    channels.forEach(channel -> findings.add(examined(channel)));
    if (channels.stream().anyMatch(Channel::personal)) {
      findings.addAll(unreachable(people));
    }
    return findings;
  }

  private static StoreFinding examined(Channel channel) {
    String what = "approvals." + channel.name();
    try {
      channel.examine();
      return new StoreFinding(
          Level.OK, what, "is set up; try it with: keyward notify test " + channel.name());
    } catch (Undelivered e) {
      return new StoreFinding(Level.PROBLEM, what, e.why());
    }
  }

  private List<StoreFinding> unreachable(Collection<Person> people) {
    return people.stream()
        .filter(person -> person.is(Role.REVIEWER) && addresses.address(person.id()).isEmpty())
        .map(
            person ->
                new StoreFinding(
                    Level.WARNING,
                    "person " + person.id(),
                    "reviews and gets no mail; say where with: keyward person email "
                        + person.id()
                        + " ADDRESS"))
        .toList();
  }

  @Override
  public void close() {
    channels.forEach(Channel::close);
  }
}
