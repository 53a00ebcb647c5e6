package dev.keyward.server.credential;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.jspecify.annotations.Nullable;

/// Listens to every logger of this process, to ours at every level, and looks for a planted value.
public final class Canary extends Handler implements AutoCloseable {
  private final Logger root = Logger.getLogger("");
  private final Logger ours = Logger.getLogger("dev.keyward");
  private final @Nullable Level before = ours.getLevel();
  private final List<String> lines = new CopyOnWriteArrayList<>();

  /// Starts to listen.
  public static Canary listening() {
    var canary = new Canary();
    canary.setLevel(Level.ALL);
    canary.root.addHandler(canary);
    canary.ours.setLevel(Level.ALL); // a test of the command line may have made it quiet
    return canary;
  }

  private Canary() {}

  /// {@return all that was logged}
  public String logged() {
    return String.join("\n", lines);
  }

  /// Fails if `text` holds `secret` as it is, in base64 or percent-encoded.
  public static void assertFree(String text, String secret) {
    byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
    assertFalse(text.contains(secret), "holds the canary");
    assertFalse(text.contains(Base64.getEncoder().encodeToString(bytes)), "holds it in base64");
    assertFalse(
        text.contains(java.net.URLEncoder.encode(secret, StandardCharsets.UTF_8)),
        "holds it percent-encoded");
  }

  @Override
  public void publish(LogRecord record) {
    lines.add(Objects.requireNonNull(new SimpleFormatter().format(record)));
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    root.removeHandler(this);
    ours.setLevel(before);
  }
}
