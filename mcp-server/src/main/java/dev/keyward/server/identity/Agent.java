package dev.keyward.server.identity;

import dev.keyward.call.AgentId;
import dev.keyward.call.PersonId;
import java.util.regex.Pattern;

/// A program with its own identity.
///
/// @param id its name
/// @param type what kind of program, for example `triage`; 1 to 63 of `a-z 0-9 -`
/// @param workspace the team or tenant; same shape
/// @param owner the person who answers for it
/// @param tools what it may see
/// @param toolNames the form in which it is told names
public record Agent(
    AgentId id,
    String type,
    String workspace,
    PersonId owner,
    ToolScope tools,
    ToolNames toolNames) {
  private static final Pattern SHAPE = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

  /// Checks type and workspace.
  ///
  /// @throws IllegalArgumentException naming the field and the rule
  public Agent {
    check("type", type);
    check("workspace", workspace);
  }

  private static void check(String field, String value) {
    if (!SHAPE.matcher(value).matches()) {
      throw new IllegalArgumentException("an agent's " + field + " must match " + SHAPE);
    }
  }
}
