package dev.keyward.server.cli;

import dev.keyward.server.CannotStart;
import dev.keyward.server.Keyward;
import dev.keyward.server.Mode;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `serve`: runs the broker until it is told to stop.
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description = {
      "Runs the broker until SIGTERM or Ctrl-C.",
      "One listener is for agents (MCP at /mcp), one for people. On a signal it closes everything"
          + " in order and ends with exit code 0."
    })
final class ServeCommand implements Callable<Integer> {
  @Mixin private HomeOption home = new HomeOption();

  @Override
  public Integer call() throws CannotStart, InterruptedException {
    Logs.normal();
    Keyward keyward = Keyward.open(home.home(), Mode.SERVE, InstantSource.system());
    Logs.through(keyward::scrubbed);
    try {
      keyward.serve();
      Shutdown.prepare(); // before anybody is told that it is up, and may end it again
      keyward.agentsUrl().ifPresent(url -> System.out.println("agents connect to " + url));
      keyward.peopleUrl().ifPresent(url -> System.out.println("people sign in at " + url));
      Shutdown.await();
      return 0;
    } finally {
      close(keyward);
    }
  }

  private static void close(Keyward keyward) {
    int code = Main.NOT_DONE;
    try {
      keyward.close();
      code = 0;
    } finally {
      Shutdown.done(code);
    }
  }

  /// Holds the process until the operating system asks it to end, and its end until all is closed.
  ///
  /// A process that a signal ends would have the signal's exit code; since an orderly end is a good
  /// one, it is halted with its own.
  static final class Shutdown {
    private static final CountDownLatch ASKED = new CountDownLatch(1);
    private static final CompletableFuture<Integer> CLOSED = new CompletableFuture<>();

    private Shutdown() {}

    static void prepare() {
      Runtime.getRuntime().addShutdownHook(new Thread(Shutdown::hold));
    }

    static void await() throws InterruptedException {
      ASKED.await();
    }

    static void done(int code) {
      CLOSED.complete(code);
    }

    private static void hold() {
      ASKED.countDown();
      int code = CLOSED.join();
      System.out.flush();
      System.err.flush();
      Runtime.getRuntime().halt(code);
    }
  }
}
