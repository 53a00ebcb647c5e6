package dev.keyward.server.notice;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/// A real SMTP server that takes every mail, writes down what it hears, and answers a command
/// otherwise where it is told to.
final class MailTaker implements AutoCloseable {
  private final List<Heard> heard = new CopyOnWriteArrayList<>();
  private final BlockingQueue<Letter> letters = new LinkedBlockingQueue<>();
  private final Map<String, String> answers = new ConcurrentHashMap<>();
  private final Optional<SSLContext> tls;
  private final boolean implicit;
  private final ServerSocket server;

  private MailTaker(Optional<SSLContext> tls, boolean implicit) throws IOException {
    this.tls = tls;
    this.implicit = implicit;
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  /// Offers no TLS.
  static MailTaker plain() throws IOException {
    return new MailTaker(Optional.empty(), false);
  }

  /// Offers STARTTLS.
  static MailTaker upgrading(SSLContext tls) throws IOException {
    return new MailTaker(Optional.of(tls), false);
  }

  /// Speaks TLS from the first byte.
  static MailTaker encrypted(SSLContext tls) throws IOException {
    return new MailTaker(Optional.of(tls), true);
  }

  /// One command, and whether others could have heard it.
  record Heard(String command, boolean encrypted) {
    boolean is(String verb) {
      return command.toUpperCase(Locale.ROOT).startsWith(verb);
    }
  }

  /// One mail as it came.
  record Letter(String to, List<String> lines) {
    String headers() {
      return String.join("\n", lines.subList(0, lines.indexOf("")));
    }

    String text() {
      return String.join("\n", lines.subList(lines.indexOf("") + 1, lines.size()));
    }
  }

  int port() {
    return server.getLocalPort();
  }

  /// From now on this command is answered so; empty: as it should be.
  void answer(String verb, String line) {
    answers.put(verb, line);
  }

  List<Heard> heard() {
    return List.copyOf(heard);
  }

  boolean heard(String verb) {
    return heard.stream().anyMatch(one -> one.is(verb));
  }

  /// {@return the mails that nobody has taken out yet}
  List<Letter> unread() {
    return List.copyOf(letters);
  }

  /// {@return the next mail, which may be yet to come}
  Letter next() throws InterruptedException {
    return Optional.ofNullable(letters.poll(30, TimeUnit.SECONDS))
        .orElseThrow(() -> new AssertionError("no mail came"));
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        Thread.ofVirtual().start(() -> serve(client));
      } catch (IOException e) {
        // closed, or the client is gone
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      if (implicit) {
        talk(encrypted(client), true);
      } else {
        talk(client, false);
      }
    } catch (IOException e) {
      // the client is gone
    }
  }

  private Socket encrypted(Socket client) throws IOException {
    var factory = tls.orElseThrow().getSocketFactory();
    var safe = (SSLSocket) factory.createSocket(client, null, client.getPort(), true);
    safe.setUseClientMode(false);
    safe.startHandshake();
    return safe;
  }

  private void talk(Socket client, boolean safe) throws IOException {
    var in =
        new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
    say(client, "220 mail.example ESMTP");
    converse(client, in, safe);
  }

  private void converse(Socket client, BufferedReader in, boolean safe) throws IOException {
    String to = "";
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      heard.add(new Heard(line, safe));
      String verb = line.split("[ :]", 2)[0].toUpperCase(Locale.ROOT);
      if (answers.containsKey(verb)) {
        say(client, answers.get(verb));
        continue;
      }
      switch (verb) {
        case "EHLO" -> say(client, greeting(safe));
        case "STARTTLS" -> {
          say(client, "220 go on");
          Socket upgraded = encrypted(client);
          var reader =
              new BufferedReader(
                  new InputStreamReader(upgraded.getInputStream(), StandardCharsets.UTF_8));
          converse(upgraded, reader, true);
          return;
        }
        case "AUTH" -> say(client, "235 come in");
        case "DATA" -> {
          say(client, "354 go on");
          letters.add(new Letter(to, letter(in)));
          say(client, "250 taken");
        }
        case "QUIT" -> {
          say(client, "221 bye");
          return;
        }
        case "RCPT" -> {
          to = line.replaceAll(".*<|>.*", "");
          say(client, "250 good");
        }
        default -> say(client, "250 good");
      }
    }
  }

  private String greeting(boolean safe) {
    return tls.isPresent() && !safe
        ? "250-mail.example\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN"
        : "250-mail.example\r\n250 AUTH PLAIN LOGIN";
  }

  private static List<String> letter(BufferedReader in) throws IOException {
    List<String> lines = new CopyOnWriteArrayList<>();
    for (String line = in.readLine(); line != null && !line.equals("."); line = in.readLine()) {
      lines.add(line);
    }
    return lines;
  }

  private static void say(Socket client, String line) throws IOException {
    client.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
    client.getOutputStream().flush();
  }
}
