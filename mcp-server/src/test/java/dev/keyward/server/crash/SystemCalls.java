package dev.keyward.server.crash;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A broker's writes and fsyncs, as `strace` has written them down: which records went into the log
/// of the database, when that was made durable, and when an answer about them went out.
///
/// A record counts as written with the first write of a page that holds it, as durable with the end
/// of the next fsync of that file, and as told with the beginning of the first write to a socket
/// that names it.
final class SystemCalls {
  // The columns "type" and "call" of a record lie side by side; an approval's name is in its body.
  private static final Pattern END =
      Pattern.compile("call\\.(?:outcome|refused)(call_[a-z0-9]{26})");
  private static final Pattern APPROVED =
      Pattern.compile(
          "approval\\.approved(?:(?!approval\\.).){0,600}?\\\\\"id\\\\\":\\\\\"(apr_[a-z0-9]{26})");
  private static final Pattern SYNC = Pattern.compile(" f(?:data)?sync\\(");
  private static final Pattern CALL = Pattern.compile("call_[a-z0-9]{26}");

  private final Set<String> syncing = new HashSet<>(); // threads
  private final Set<String> written = new HashSet<>(); // not yet durable
  private final Set<String> durable = new HashSet<>();
  private final Set<String> told = new HashSet<>();
  private final List<String> early = new ArrayList<>();
  private String deciding = "";
  private int decisions;
  private int syncs;

  private SystemCalls() {}

  /// {@return what runs a command line and writes its system calls to `file`}
  static List<String> runner(Path file) {
    return List.of(
        "strace",
        "-f",
        "-y",
        "-qq",
        "-s",
        "65536",
        "--seccomp-bpf",
        "-e",
        "trace=fdatasync,fsync,pwrite64,write,writev,sendto",
        "-o",
        file.toString());
  }

  static SystemCalls read(Path file) throws IOException {
    var calls = new SystemCalls();
    try (var lines = Files.lines(file, StandardCharsets.ISO_8859_1)) {
      lines.forEach(calls::line);
    }
    return calls;
  }

  /// {@return what was told before it was durable}
  List<String> early() {
    return early;
  }

  /// {@return how many calls of tools were answered}
  int answers() {
    return told.size();
  }

  int decisions() {
    return decisions;
  }

  int syncs() {
    return syncs;
  }

  private void line(String line) {
    String thread = line.substring(0, Math.max(0, line.indexOf(' ')));
    boolean ofLog = line.contains("keyward.db-wal>");
    if (ofLog && line.contains("pwrite64(")) {
      records(line);
    } else if (ofLog && SYNC.matcher(line).find()) {
      if (line.contains("<unfinished")) {
        syncing.add(thread);
      } else {
        synced();
      }
    } else if (line.contains("sync resumed") && syncing.remove(thread)) {
      synced();
    } else if (line.contains("socket:") || line.contains("TCP")) {
      sent(line);
    }
  }

  private void records(String line) {
    Matcher end = END.matcher(line);
    while (end.find()) {
      written(end.group(1));
    }
    Matcher approved = APPROVED.matcher(line);
    while (approved.find()) {
      if (written(approved.group(1))) {
        deciding = approved.group(1);
      }
    }
  }

  /// {@return whether this is the first time that it is written}
  private boolean written(String record) {
    return !durable.contains(record) && written.add(record);
  }

  private void synced() {
    syncs++;
    durable.addAll(written);
    written.clear();
  }

  private void sent(String line) {
    Matcher call = CALL.matcher(line);
    while (call.find()) {
      if (told.add(call.group()) && !durable.contains(call.group())) {
        early.add(call.group());
      }
    }
    if (line.contains("HTTP/1.1 303") && !deciding.isEmpty()) {
      decisions++;
      if (!durable.contains(deciding)) {
        early.add(deciding);
      }
      deciding = "";
    }
  }
}
