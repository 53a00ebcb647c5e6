package dev.keyward.server.cli;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `init`: makes a home folder. Nothing that exists is ever overwritten.
@Command(
    name = "init",
    mixinStandardHelpOptions = true,
    description = {
      "Makes a home folder: settings, keys and an example catalog file.",
      "Refuses a folder that has anything in it; what an init that was interrupted has left is made"
          + " anew."
    })
final class InitCommand implements Callable<Integer> {
  @Mixin private HomeOption home = new HomeOption();

  @Override
  public Integer call() throws IOException {
    new NewHome(home.home()).make();
    System.out.println("Made the home folder " + home.home().folder());
    for (String next :
        List.of(
            "Next:",
            "  keyward person add NAME --role reviewer     somebody who owns agents and decides",
            "  keyward secret set stripe#api_key           the key behind catalog/"
                + NewHome.EXAMPLE,
            "  keyward agent add NAME --owner PERSON --tools 'stripe.*'",
            "  keyward doctor                              says what is still missing",
            "  keyward serve                               runs the broker")) {
      System.out.println(next);
    }
    return 0;
  }
}
