package dev.keyward.demo;

import com.microsoft.playwright.Playwright;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The programs that some suites need and the build does not bring along.
///
/// Each is named by an environment variable, or by a system property of the same name.
final class OutsideTools {
  static final String NO_INSPECTOR =
      "MCP Inspector is missing: KEYWARD_INSPECTOR must name its script mcp-inspector, and"
          + " KEYWARD_NODE a Node 22.19 or newer. `npm ci` in .ci installs both under"
          + " .ci/node_modules; .ci/run does all of it.";
  static final String NO_FIRST_INSPECTOR =
      "The first line of MCP Inspector is missing: KEYWARD_NODE_MODULES must name a node_modules"
          + " folder with inspector-1. `npm ci` in .ci installs it; .ci/run does.";
  static final String NO_TYPESCRIPT_SDK =
      "The TypeScript SDK or Node is missing: KEYWARD_NODE_MODULES must name a node_modules folder"
          + " with @modelcontextprotocol/sdk and @modelcontextprotocol/client, and KEYWARD_NODE a"
          + " Node 20 or newer (otherwise `node` on the PATH). `npm ci` in .ci installs all of it"
          + " under .ci/node_modules; .ci/run does it.";
  static final String NO_CONFORMANCE =
      "The conformance suite or Node is missing: KEYWARD_NODE_MODULES must name a node_modules"
          + " folder with @modelcontextprotocol/conformance, and KEYWARD_NODE a Node 22.19 or"
          + " newer. `npm ci` in .ci installs both under .ci/node_modules; .ci/run does all of it.";
  static final String NO_BROWSER =
      "Chromium or Node is missing: KEYWARD_CHROMIUM must name the browser (otherwise"
          + " /usr/bin/chromium, which `apt-get install chromium` brings), and KEYWARD_NODE a Node"
          + " 20 or newer (otherwise `node` on the PATH); .ci/run does all of it.";

  /// Why a test that needs axe was skipped.
  static final String NO_AXE =
      "axe is missing: KEYWARD_NODE_MODULES must name a node_modules folder with axe-core; `npm ci`"
          + " in .ci installs it.";

  private OutsideTools() {}

  /// {@return what drives browsers that are there, with this Node; it downloads none}
  static Playwright playwright(Path node) {
    return Playwright.create(
        new Playwright.CreateOptions()
            .setEnv(
                Map.of(
                    "PLAYWRIGHT_NODEJS_PATH",
                    node.toString(),
                    "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD",
                    "1")));
  }

  /// {@return the script of MCP Inspector, if it is named and there}
  static Optional<Path> inspector() {
    return named("KEYWARD_INSPECTOR");
  }

  /// {@return the script of the first line of MCP Inspector, if its folder of packages is named}
  static Optional<Path> firstInspector() {
    return setting("KEYWARD_NODE_MODULES")
        .map(modules -> modules.resolve("inspector-1/cli/build/cli.js"))
        .filter(Files::isRegularFile);
  }

  /// {@return the folder of packages that holds both lines of the TypeScript SDK, if it is named}
  static Optional<Path> typeScriptSdk() {
    return setting("KEYWARD_NODE_MODULES")
        .filter(modules -> Files.isDirectory(modules.resolve("@modelcontextprotocol/sdk")))
        .filter(modules -> Files.isDirectory(modules.resolve("@modelcontextprotocol/client")));
  }

  /// {@return the script of the conformance suite, if its folder of packages is named}
  static Optional<Path> conformance() {
    return setting("KEYWARD_NODE_MODULES")
        .map(modules -> modules.resolve("@modelcontextprotocol/conformance/dist/index.js"))
        .filter(Files::isRegularFile);
  }

  /// {@return axe, the accessibility checker, if its folder of packages is named}
  static Optional<Path> axe() {
    return setting("KEYWARD_NODE_MODULES")
        .map(modules -> modules.resolve("axe-core/axe.min.js"))
        .filter(Files::isRegularFile);
  }

  /// {@return the command line that starts `keyward stdio` on a home folder}
  static List<String> keywardStdio(Path home) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "--enable-native-access=ALL-UNNAMED",
        "-cp",
        System.getProperty("java.class.path"),
        "dev.keyward.server.cli.Main",
        "stdio",
        "--home",
        home.toString());
  }

  /// {@return a Node that was named for the purpose}
  static Optional<Path> namedNode() {
    return named("KEYWARD_NODE");
  }

  /// {@return any Node}
  static Optional<Path> node() {
    return namedNode().or(() -> onThePath("node"));
  }

  static Optional<Path> chromium() {
    return named("KEYWARD_CHROMIUM")
        .or(() -> Optional.of(Path.of("/usr/bin/chromium")).filter(Files::isExecutable));
  }

  private static Optional<Path> named(String name) {
    return setting(name).filter(Files::isRegularFile);
  }

  private static Optional<Path> setting(String name) {
    return Optional.ofNullable(System.getProperty(name))
        .or(() -> Optional.ofNullable(System.getenv(name)))
        .filter(text -> !text.isBlank())
        .map(Path::of);
  }

  private static Optional<Path> onThePath(String program) {
    Stream<String> folders =
        Optional.ofNullable(System.getenv("PATH")).stream()
            .flatMap(path -> Arrays.stream(path.split(File.pathSeparator, -1)));
    return folders
        .filter(folder -> !folder.isBlank())
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
