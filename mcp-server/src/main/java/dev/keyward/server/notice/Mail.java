package dev.keyward.server.notice;

import dev.keyward.approvals.Addresses;
import dev.keyward.call.EmailAddress;
import dev.keyward.server.config.NoticeSettings;
import jakarta.mail.Message.RecipientType;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.UnsupportedEncodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.Properties;

/// Mail, to each person alone, as plain text.
///
/// Headers hold numbers, the broker's words and checked addresses only. The same message has the
/// same `Message-ID` at every attempt.
final class Mail implements Channel {
  static final String NAME = "email";

  private final EmailAddress from;
  private final Addresses addresses;
  private final MailServer server;

  /// @throws IllegalArgumentException if the authorities cannot be used
  Mail(NoticeSettings.Mail settings, Keys keys, Addresses addresses) {
    this.from = settings.from();
    this.addresses = addresses;
    this.server = new MailServer(settings, keys);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean personal() {
    return true;
  }

  @Override
  public void send(Message message, Instant now) throws Undelivered {
    EmailAddress to =
        message
            .recipient()
            .flatMap(addresses::address)
            .orElseThrow(() -> Undelivered.ever("its recipient has no address any more"));
    server.send(letter(message, to, now));
  }

  @Override
  public void examine() throws Undelivered {
    server.examine();
  }

  @Override
  public void close() {}

  private MimeMessage letter(Message message, EmailAddress to, Instant now) {
    Told told = Told.of(message);
    try {
      var letter = new Letter("<" + message.id() + "@" + from.host() + ">");
      letter.setFrom(new InternetAddress(from.value(), "Keyward"));
      letter.setRecipient(RecipientType.TO, new InternetAddress(to.value()));
      letter.setSubject("Keyward: " + told.headline(), StandardCharsets.US_ASCII.name());
      letter.setSentDate(Date.from(now));
      letter.setHeader("Auto-Submitted", "auto-generated");
      letter.setText(text(told), StandardCharsets.UTF_8.name());
      letter.saveChanges();
      return letter;
    } catch (MessagingException | UnsupportedEncodingException e) {
      throw new IllegalStateException("a message of our own words cannot be made", e);
    }
  }

  private static String text(Told told) {
    var text = new StringBuilder(told.headline()).append(".\n\n");
    for (Told.Item item : told.items()) {
      text.append(item.title()).append('\n');
      text.append("  ").append(item.facts()).append('\n');
      text.append("  ").append(item.link()).append("\n\n");
    }
    return text.append(told.foot()).append('\n').toString();
  }

  /// A message with a name of our own.
  private static final class Letter extends MimeMessage {
    private final String name;

    Letter(String name) {
      super(Session.getInstance(new Properties()));
      this.name = name;
    }

    @Override
    protected void updateMessageID() throws MessagingException {
      setHeader("Message-ID", name);
    }
  }
}
