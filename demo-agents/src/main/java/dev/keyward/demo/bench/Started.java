package dev.keyward.demo.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A server process that has said on which port it listens. Closing it ends it.
final class Started implements AutoCloseable {
  private static final Pattern PORT = Pattern.compile("port (\\d+)|http://[^ ]*:(\\d+)/mcp");
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int KIB = 1024;

  private final Process process;
  private final int port;

  private Started(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /// Starts one of this package's programs in a JVM like the broker's.
  ///
  /// @param key given to it on its standard input
  static Started java(Class<?> program, String key, String... arguments) throws IOException {
    var command =
        Stream.concat(
            Stream.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseParallelGC",
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                program.getName()),
            Stream.of(arguments));
    Process process = begin(command.toList());
    OutputStream input = process.getOutputStream();
    input.write((key + "\n").getBytes(StandardCharsets.UTF_8));
    input.flush();
    return listening(process);
  }

  /// Starts any program that says its port on standard output.
  static Started program(List<String> command) throws IOException {
    return listening(begin(command));
  }

  /// Starts a program that says nothing and was told to listen on `port`.
  static Started silent(List<String> command, int port) throws IOException {
    return new Started(begin(command), port);
  }

  /// {@return the port on loopback}
  int port() {
    return port;
  }

  /// {@return the processor time of it and all it has started}
  Duration processorTime() {
    return Stream.concat(Stream.of(process.toHandle()), process.descendants())
        .map(one -> one.info().totalCpuDuration().orElse(Duration.ZERO))
        .reduce(Duration.ZERO, Duration::plus);
  }

  /// {@return the memory of it and all it has started in MiB; 0 where there is no `/proc`}
  long residentMib() {
    return Stream.concat(Stream.of(process.toHandle()), process.descendants())
            .mapToLong(one -> residentKib(one.pid()))
            .sum()
        / KIB;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private static Process begin(List<String> command) throws IOException {
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  private static Started listening(Process process) throws IOException {
    InputStream output = process.getInputStream();
    var lines = new BufferedReader(new InputStreamReader(output, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      Matcher port = PORT.matcher(line);
      if (port.find()) {
        String named = port.group(1) == null ? port.group(2) : port.group(1);
        return new Started(process, Integer.parseInt(named));
      }
    }
    throw new IOException("a server ended before it listened");
  }

  private static long residentKib(long pid) {
    try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/status"))) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElse(0);
    } catch (IOException noProc) {
      return 0;
    }
  }
}
