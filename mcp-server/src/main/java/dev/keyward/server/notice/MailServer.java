package dev.keyward.server.notice;

import dev.keyward.redaction.Secret;
import dev.keyward.redaction.TouchesSecret;
import dev.keyward.server.config.Config;
import dev.keyward.server.config.NoticeSettings;
import dev.keyward.server.config.NoticeSettings.Encryption;
import dev.keyward.server.config.TrustedAuthorities;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.Authenticator;
import jakarta.mail.MessagingException;
import jakarta.mail.PasswordAuthentication;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPTransport;

/// One SMTP server. Each message has a connection of its own, which ends within a minute whatever
/// the server does; without the encryption that the operator chose nothing is said, the password
/// least of all. What the server answers is looked at for its code only.
final class MailServer {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration LONGEST = Duration.ofMinutes(1);
  private static final int NEVER = 500;

  private final NoticeSettings.Mail settings;
  private final Keys keys;
  private final SSLContext tls;

  /// @throws IllegalArgumentException if the authorities cannot be used
  MailServer(NoticeSettings.Mail settings, Keys keys) {
    this.settings = settings;
    this.keys = keys;
    this.tls = TrustedAuthorities.of(settings.authorities(), "approvals.email.ca_file");
  }

  /// Sends one message to its recipient.
  ///
  /// @throws Undelivered unless the server takes it
  void send(MimeMessage letter) throws Undelivered {
    converse(transport -> transport.sendMessage(letter, letter.getAllRecipients()));
  }

  /// Connects and logs in.
  ///
  /// @throws Undelivered if that fails
  void examine() throws Undelivered {
    converse(_ -> {});
  }

  /// What is done while connected.
  @FunctionalInterface
  private interface Talk {
    void with(SMTPTransport transport) throws MessagingException;
  }

  private void converse(Talk talk) throws Undelivered {
    Session session = Session.getInstance(properties(), login());
    try (var socket = new Socket()) {
      var over = new CompletableFuture<Void>();
      Thread.ofVirtual().name("mail").start(() -> converse(session, socket, talk, over));
      over.get(LONGEST.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw undelivered(Objects.requireNonNullElse(e.getCause(), e));
    } catch (TimeoutException e) {
      throw Undelivered.yet("the mail server took too long");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Undelivered.yet("interrupted");
    } catch (IOException e) {
      throw Undelivered.yet("the connection could not be closed");
    }
  }

  private void converse(Session session, Socket socket, Talk talk, CompletableFuture<Void> over) {
    try (var transport = (SMTPTransport) session.getTransport("smtp")) {
      transport.connect(connected(socket));
      talk.with(transport);
      over.complete(null);
    } catch (MessagingException | IOException | RuntimeException e) {
      over.completeExceptionally(e);
    }
  }

  private Socket connected(Socket socket) throws IOException {
    Config.HostPort at = settings.server();
    socket.connect(new InetSocketAddress(at.host(), at.port()), (int) PATIENCE.toMillis());
    socket.setSoTimeout((int) PATIENCE.toMillis());
    if (settings.encryption() != Encryption.IMPLICIT) {
      return socket;
    }
    var safe = (SSLSocket) tls.getSocketFactory().createSocket(socket, at.host(), at.port(), true);
    var parameters = safe.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    safe.setSSLParameters(parameters);
    safe.startHandshake();
    return safe;
  }

  /// The library's defaults log in in the clear, and go on where a server offers no TLS.
  private Properties properties() {
    var properties = new Properties();
    properties.put("mail.smtp.host", settings.server().host());
    properties.put("mail.smtp.localhost", settings.from().host());
    boolean upgrade = settings.encryption() == Encryption.STARTTLS;
    properties.put("mail.smtp.starttls.enable", Boolean.toString(upgrade));
    properties.put("mail.smtp.starttls.required", Boolean.toString(upgrade));
    properties.put("mail.smtp.ssl.socketFactory", tls.getSocketFactory());
    properties.put("mail.smtp.ssl.checkserveridentity", "true");
    properties.put("mail.smtp.auth.mechanisms", "PLAIN LOGIN");
    settings
        .login()
        .ifPresent(
            login -> {
              properties.put("mail.smtp.auth", "true");
              properties.put("mail.smtp.user", login.user());
            });
    return properties;
  }

  private Authenticator login() throws Undelivered {
    Optional<NoticeSettings.Login> login = settings.login();
    return login.isPresent() ? login(login.get().user(), keys.of(login.get().password())) : NOBODY;
  }

  private static final Authenticator NOBODY = new Authenticator() {};

  private static Authenticator login(String user, Secret password) {
    return new Authenticator() {
      @Override
      @TouchesSecret
      protected PasswordAuthentication getPasswordAuthentication() {
        return password.use(text -> new PasswordAuthentication(user, text));
      }
    };
  }

  private static Undelivered undelivered(Throwable why) {
    if (why instanceof AuthenticationFailedException) {
      return Undelivered.yet("the mail server refused the login");
    }
    if (why instanceof SendFailedException refused) {
      int code = code(refused);
      String sentence = "the mail server refused it" + (code > 0 ? ", code " + code : "");
      return code >= NEVER ? Undelivered.ever(sentence) : Undelivered.yet(sentence);
    }
    return Undelivered.yet(
        why instanceof MessagingException
            ? "the mail server and the broker did not understand each other, or not in safety"
            : "the mail server cannot be reached");
  }

  /// The code that the recipient was refused with; 0 where it was something else.
  private static int code(SendFailedException refused) {
    for (Exception next = refused;
        next instanceof MessagingException of;
        next = of.getNextException()) {
      if (next instanceof SMTPAddressFailedException address) {
        return address.getReturnCode();
      }
    }
    return 0;
  }
}
