package dev.keyward.server.notice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.approvals.Addresses;
import dev.keyward.approvals.Person;
import dev.keyward.call.EmailAddress;
import dev.keyward.call.PersonId;
import dev.keyward.catalog.CredentialRef;
import dev.keyward.redaction.Secret;
import dev.keyward.server.TestAuthority;
import dev.keyward.server.config.Config;
import dev.keyward.server.config.NoticeSettings;
import dev.keyward.server.config.NoticeSettings.Encryption;
import dev.keyward.server.credential.HeldSecret;
import dev.keyward.server.credential.Lookup;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.node.JsonNodeFactory;

/// Mail to people, over the wire to a server that may be anybody's.
final class MailTest {
  private static final Instant NOW = Instant.parse("2026-11-29T10:00:00Z");
  private static final String PASSWORD = "mail-password-4fJq83LmZx0V";
  private static final PersonId ALICE = new PersonId("alice");
  private static final CredentialRef REF = CredentialRef.parse("local:mail#password");

  @TempDir private static Path folder;
  private static Path authority;
  private static SSLContext localhost;
  private static SSLContext somebody;

  @BeforeAll
  static void certify() throws Exception {
    var ours = new TestAuthority(Files.createDirectory(folder.resolve("ours")));
    authority = Files.writeString(folder.resolve("ca.pem"), ours.pem());
    localhost = ours.serverFor("dns:localhost");
    var other = new TestAuthority(Files.createDirectory(folder.resolve("other")));
    Files.writeString(authority, ours.pem() + other.pem());
    somebody = other.serverFor("dns:somebody.example");
  }

  @Test
  void aLetterHasNamesAndALinkForItsReaderAlone() throws Exception {
    try (var server = MailTaker.upgrading(localhost)) {
      mail(server, Encryption.STARTTLS).send(waiting("Add a note"), NOW);

      MailTaker.Letter letter = server.next();
      assertEquals("alice@example.com", letter.to());
      assertTrue(letter.headers().contains("Subject: Keyward: 1 request waits for people"));
      assertTrue(letter.headers().contains("Message-ID: <msg_1@keyward.example>"));
      assertTrue(letter.headers().contains("Auto-Submitted: auto-generated"));
      assertTrue(letter.text().contains("Add a note"));
      assertTrue(letter.text().contains("crm.add_note (write, review) by agent triage-1"));
      assertTrue(letter.text().contains("https://approve.example/approvals/apr_1"));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Encryption.class,
      names = {"STARTTLS", "IMPLICIT"})
  void thePasswordIsSaidInSecretOnly(Encryption encryption) throws Exception {
    try (var server =
        encryption == Encryption.IMPLICIT
            ? MailTaker.encrypted(localhost)
            : MailTaker.upgrading(localhost)) {
      mail(server, encryption).send(waiting("Add a note"), NOW);

      server.next();
      MailTaker.Heard login =
          server.heard().stream()
              .filter(heard -> heard.is("AUTH PLAIN "))
              .findFirst()
              .orElseThrow();
      String said = login.command().substring("AUTH PLAIN ".length());
      String decoded = new String(Base64.getDecoder().decode(said), StandardCharsets.UTF_8);
      assertTrue(decoded.endsWith("\0keyward\0" + PASSWORD));
      assertTrue(
          server.heard().stream()
              .allMatch(heard -> heard.encrypted() || heard.is("EHLO") || heard.is("STARTTLS")));
    }
  }

  @Test
  void aServerWithoutTlsHearsNeitherLoginNorMail() throws Exception {
    try (var server = MailTaker.plain()) {
      assertThrows(
          Undelivered.class,
          () -> mail(server, Encryption.STARTTLS).send(waiting("Add a note"), NOW));

      assertFalse(server.heard("AUTH"));
      assertFalse(server.heard("MAIL"));
    }
  }

  /// Whoever stands between and refuses the upgrade gets nothing by it.
  @Test
  void aRefusedUpgradeEndsTheTalk() throws Exception {
    try (var server = MailTaker.upgrading(localhost)) {
      server.answer("STARTTLS", "454 not now");

      assertThrows(
          Undelivered.class,
          () -> mail(server, Encryption.STARTTLS).send(waiting("Add a note"), NOW));

      assertFalse(server.heard("AUTH"));
      assertFalse(server.heard("MAIL"));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Encryption.class,
      names = {"STARTTLS", "IMPLICIT"})
  void aServerWithSomebodyElsesCertificateHearsNothing(Encryption encryption) throws Exception {
    try (var server =
        encryption == Encryption.IMPLICIT
            ? MailTaker.encrypted(somebody)
            : MailTaker.upgrading(somebody)) {
      assertThrows(
          Undelivered.class, () -> mail(server, encryption).send(waiting("Add a note"), NOW));

      assertFalse(server.heard("AUTH"));
      assertFalse(server.heard("MAIL"));
    }
  }

  @Test
  void whatTheServerAnswersIsNotRepeated() throws Exception {
    try (var server = MailTaker.upgrading(localhost)) {
      server.answer("AUTH", "535 your password " + PASSWORD + " is wrong");
      var login = refused(server);
      server.answer("AUTH", "235 come in");
      server.answer("RCPT", "550 " + PASSWORD + " <https://evil.example>");
      var recipient = refused(server);

      assertEquals("the mail server refused the login", login.why());
      assertFalse(login.last());
      assertEquals("the mail server refused it, code 550", recipient.why());
      assertTrue(recipient.last());
    }
  }

  @Test
  void whatTheServerWillTakeLaterIsTriedAgain() throws Exception {
    try (var server = MailTaker.upgrading(localhost)) {
      server.answer("RCPT", "451 greylisted");

      assertFalse(refused(server).last());
    }
  }

  @Test
  void aTitleMakesNoHeader() throws Exception {
    try (var server = MailTaker.upgrading(localhost)) {
      mail(server, Encryption.STARTTLS)
          .send(waiting("Add\r\nBcc: eve@evil.example\r\n\r\n.\r\nQUIT\u202e"), NOW);

      MailTaker.Letter letter = server.next();
      assertFalse(letter.headers().contains("evil"), letter.headers());
      assertTrue(letter.text().contains("Add Bcc: eve@evil.example . QUIT"), letter.text());
      assertEquals(1, server.heard().stream().filter(heard -> heard.is("RCPT")).count());
    }
  }

  @Test
  void whoHasNoAddressAnyMoreGetsNoMail() throws Exception {
    try (var server = MailTaker.upgrading(localhost)) {
      var message =
          new Message("msg_1", Optional.of(new PersonId("bob")), waiting("Add a note").body(), 1);

      var refused =
          assertThrows(
              Undelivered.class, () -> mail(server, Encryption.STARTTLS).send(message, NOW));

      assertTrue(refused.last());
      assertEquals(List.of(), server.heard());
    }
  }

  private static Undelivered refused(MailTaker server) {
    return assertThrows(
        Undelivered.class,
        () -> mail(server, Encryption.STARTTLS).send(waiting("Add a note"), NOW));
  }

  private static Mail mail(MailTaker server, Encryption encryption) {
    var settings =
        new NoticeSettings.Mail(
            new Config.HostPort("localhost", server.port()),
            encryption,
            new EmailAddress("broker@keyward.example"),
            Optional.of(new NoticeSettings.Login("keyward", REF)),
            Optional.of(authority));
    var keys = new Keys(_ -> new Lookup.Found(new HeldSecret(Secret.of(PASSWORD), 1, NOW)));
    return new Mail(settings, keys, new Alice());
  }

  static Message waiting(String title) {
    var body = JsonNodeFactory.instance.objectNode().put("type", "approvals.waiting");
    var data = body.putObject("data").put("more", 0);
    data.putArray("requests")
        .addObject()
        .put("url", "https://approve.example/approvals/apr_1")
        .put("title", title)
        .put("tool", "crm.add_note")
        .put("tier", "write")
        .put("kind", "review")
        .put("agent", "triage-1")
        .put("expires", "2026-11-29T10:30:00Z");
    return new Message("msg_1", Optional.of(ALICE), body.toString(), 1);
  }

  /// Only Alice has an address.
  private static final class Alice implements Addresses {
    @Override
    public List<Person> reachable() {
      return List.of();
    }

    @Override
    public Optional<EmailAddress> address(PersonId person) {
      return person.equals(ALICE)
          ? Optional.of(new EmailAddress("alice@example.com"))
          : Optional.empty();
    }
  }
}
