package dev.keyward.server.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;

/// A command on a home folder that prints a result.
abstract class HomeCommand implements Callable<Integer> {
  @Mixin final HomeOption home = new HomeOption();
  @Mixin final Output output = new Output();
}
