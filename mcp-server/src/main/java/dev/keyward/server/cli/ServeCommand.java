package dev.keyward.server.cli;

import dev.keyward.server.CannotStart;
import dev.keyward.server.Keyward;
import dev.keyward.server.Mode;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `serve`: runs the broker until it is told to stop.
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description = {
      "Runs the broker: one listener for agents (MCP at /mcp), one for people. Ends in order on",
      "SIGTERM or Ctrl-C."
    })
final class ServeCommand implements Callable<Integer> {
  @Mixin private HomeOption home = new HomeOption();

  @Override
  public Integer call() throws CannotStart, InterruptedException {
    Logs.normal();
    Keyward keyward = Keyward.open(home.home(), Mode.SERVE, InstantSource.system());
    try {
      keyward.serve();
      keyward.agentsUrl().ifPresent(url -> System.out.println("agents connect to " + url));
      keyward.peopleUrl().ifPresent(url -> System.out.println("people sign in at " + url));
      Shutdown.await();
      return 0;
    } finally {
      keyward.close();
      Shutdown.done();
    }
  }

  /// Holds the process until the operating system asks it to end, and its end until all is closed.
  static final class Shutdown {
    private static final CountDownLatch ASKED = new CountDownLatch(1);
    private static final CountDownLatch CLOSED = new CountDownLatch(1);

    private Shutdown() {}

    static void await() throws InterruptedException {
      Runtime.getRuntime().addShutdownHook(new Thread(Shutdown::hold));
      ASKED.await();
    }

    static void done() {
      CLOSED.countDown();
    }

    private static void hold() {
      ASKED.countDown();
      try {
        CLOSED.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
