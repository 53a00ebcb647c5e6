package dev.keyward.demo.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The nginx of this machine as a proxy that adds the key.
final class Nginx {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private Nginx() {}

  /// {@return the program, if it is installed}
  static Optional<Path> program() {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return Stream.concat(Stream.of(path.split(":", -1)), Stream.of("/usr/sbin", "/usr/local/sbin"))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, "nginx"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /// Starts it.
  ///
  /// @param folder for its files; made
  static Started start(Path program, Path folder, int upstream, String key) throws IOException {
    Files.createDirectories(folder);
    int port = freePort();
    Path settings = folder.resolve("nginx.conf");
    Files.writeString(
        settings,
        SETTINGS
            .replace("{folder}", folder.toString())
            .replace("{upstream}", String.valueOf(upstream))
            .replace("{port}", String.valueOf(port))
            .replace("{key}", key));
    var command =
        List.of(
            program.toString(),
            "-p",
            folder.toString(),
            "-e",
            folder.resolve("error.log").toString(),
            "-c",
            settings.toString());
    Started nginx = Started.silent(command, port);
    awaitListening(port);
    return nginx;
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static void awaitListening(int port) throws IOException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try (var _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
        return;
      } catch (IOException notYet) {
        if (System.nanoTime() > end) {
          throw notYet;
        }
        Thread.onSpinWait();
      }
    }
  }

  private static final String SETTINGS =
      """
      daemon off;
      worker_processes auto;
      pid {folder}/nginx.pid;
      events { worker_connections 8192; }
      http {
        access_log off;
        keepalive_requests 100000000;
        upstream shop { server 127.0.0.1:{upstream}; keepalive 1024; keepalive_requests 100000000; }
        client_body_temp_path {folder}/body;
        proxy_temp_path {folder}/proxy;
        fastcgi_temp_path {folder}/fastcgi;
        uwsgi_temp_path {folder}/uwsgi;
        scgi_temp_path {folder}/scgi;
        server {
          listen 127.0.0.1:{port} backlog=4096;
          location / {
            proxy_pass http://shop;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Authorization "Bearer {key}";
          }
        }
      }
      """;
}
