package dev.keyward.server.cli;

import dev.keyward.server.CannotStart;
import picocli.CommandLine.Command;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// `doctor`: what is wrong with an install, and what to do about it.
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description = {
      "Says what is wrong with this install, what is weaker than it could be, and what to do.",
      "Exit code 4 if there is a problem."
    })
final class DoctorCommand extends HomeCommand {
  @Override
  public Integer call() {
    JsonNode findings = findings();
    output.print(findings, "", "level", "what", "detail");
    for (JsonNode finding : findings) {
      if (finding.path("level").asString().equals("problem")) {
        return Main.FOUND_SOMETHING;
      }
    }
    return 0;
  }

  /// A broker that cannot start is a finding, not a failure of the doctor.
  private JsonNode findings() {
    try {
      return home.operate("doctor", new Arguments().json());
    } catch (CannotStart e) {
      ArrayNode list = JsonNodeFactory.instance.arrayNode();
      list.addObject()
          .put("level", "problem")
          .put("what", "start")
          .put("detail", String.valueOf(e.getMessage()));
      return list;
    }
  }
}
