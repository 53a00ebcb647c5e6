package dev.keyward.demo.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/// A process `keyward stdio`, and the calls that go through it one by one.
final class StdioLine implements Target.Line {
  private final Process process;
  private final OutputStream in;
  private final BufferedReader out;
  private final String tool;
  private int calls;

  private StdioLine(Process process, String tool) {
    this.process = process;
    this.in = process.getOutputStream();
    this.out = process.inputReader(StandardCharsets.UTF_8);
    this.tool = tool;
  }

  /// Starts it beside the broker that runs on `home`.
  static StdioLine open(List<String> keyward, Path home, String key, String tool)
      throws IOException {
    var builder =
        new ProcessBuilder(ColdStart.with(keyward, "stdio", "--home", home.toString()))
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().put("KEYWARD_AGENT_KEY", key);
    var line = new StdioLine(builder.start(), tool);
    line.send(Told.INITIALIZE);
    line.out.readLine();
    line.send(Told.INITIALIZED);
    return line;
  }

  @Override
  public boolean call() throws IOException {
    calls++;
    send(Told.call(calls, tool));
    return Told.right(String.valueOf(out.readLine()), calls);
  }

  @Override
  public void close() {
    process.destroy();
  }

  private void send(String message) throws IOException {
    in.write((message + "\n").getBytes(StandardCharsets.UTF_8));
    in.flush();
  }
}
