package dev.keyward.server.cli;

import dev.keyward.call.ApprovalId;
import dev.keyward.server.terminal.PeoplePages;
import dev.keyward.server.terminal.ShownRequest;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;

/// A command in the name of whoever has let this terminal in.
abstract class TerminalCommand implements Callable<Integer> {
  @Mixin final TerminalOption terminal = new TerminalOption();
  @Mixin final Output output = new Output();

  static ShownRequest shown(PeoplePages pages, String approval) throws IOException {
    return ShownRequest.of(pages.get(path(approval)));
  }

  /// Decides on what was shown, and nothing else.
  static ShownRequest decide(
      PeoplePages pages, String approval, ShownRequest shown, String decision, String reason)
      throws IOException {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("decision", decision);
    form.put("reason", reason);
    form.put("digest", shown.json().path("digest").asString(""));
    form.put("view", shown.view());
    return ShownRequest.of(pages.post(path(approval), form));
  }

  /// Keeps it open for longer.
  static ShownRequest prolong(PeoplePages pages, String approval) throws IOException {
    return ShownRequest.of(pages.post(path(approval), Map.of("decision", "prolong")));
  }

  /// Says how a request stands now.
  void tell(ShownRequest now) {
    if (output.isJson()) {
      output.print(now.json(), "");
      return;
    }
    String state = now.json().path("state").asString("");
    System.out.println(
        now.json().path("approval").asString("")
            + " is "
            + state
            + (now.json().path("open").asBoolean(false)
                ? ", open until " + now.json().path("expires").asString("")
                : "")
            + "; "
            + now.json().path("agreed").asString(""));
  }

  private static String path(String approval) {
    return "approvals/" + new ApprovalId(approval);
  }
}
