package dev.keyward.demo;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The command line of MCP Inspector's first line, which takes its server as an argument.
///
/// @param node the Node that runs it
/// @param script its entry
/// @param folder an empty folder for what it writes
record FirstInspector(Path node, Path script, Path folder) {
  /// Talks to a server at an address.
  Inspector.Run at(URI url, String transport, String key, String... what)
      throws IOException, InterruptedException {
    List<String> command = command();
    command.addAll(List.of(url.toString(), "--transport", transport));
    command.addAll(List.of("--header", "Authorization: Bearer " + key));
    command.addAll(List.of(what));
    return Inspector.run(command, folder);
  }

  private List<String> command() {
    return new ArrayList<>(List.of(node.toString(), script.toString(), "--cli"));
  }
}
