package dev.keyward.approvals.web;

import dev.keyward.approvals.ReviewScope;
import dev.keyward.call.ToolPattern;
import dev.keyward.store.Tx;
import java.util.HashSet;
import java.util.Set;

/// The table of what reviewers are reviewers of.
final class Scopes {
  private static final String TOOL = "TOOL";
  private static final String SYSTEM = "SYSTEM";
  private static final String WORKSPACE = "WORKSPACE";

  private Scopes() {}

  static ReviewScope of(Tx tx, String person) {
    Set<ToolPattern> tools = new HashSet<>();
    Set<String> systems = new HashSet<>();
    Set<String> workspaces = new HashSet<>();
    tx.sql()
        .createQuery("SELECT kind, name FROM person_scope WHERE person_id = :id")
        .bind("id", person)
        .map((row, _) -> new String[] {row.getString("kind"), row.getString("name")})
        .forEach(
            row -> {
              switch (row[0]) {
                case TOOL -> tools.add(new ToolPattern(row[1]));
                case SYSTEM -> systems.add(row[1]);
                case WORKSPACE -> workspaces.add(row[1]);
                default -> throw new IllegalStateException("there is no such kind of scope");
              }
            });
    return new ReviewScope(tools, systems, workspaces);
  }

  static void set(Tx tx, String person, ReviewScope scope) {
    tx.update("DELETE FROM person_scope WHERE person_id = ?", person);
    scope.tools().forEach(tool -> insert(tx, person, TOOL, tool.value()));
    scope.systems().forEach(system -> insert(tx, person, SYSTEM, system));
    scope.workspaces().forEach(workspace -> insert(tx, person, WORKSPACE, workspace));
  }

  private static void insert(Tx tx, String person, String kind, String name) {
    tx.update(
        "INSERT INTO person_scope (person_id, kind, name) VALUES (?, ?, ?)", person, kind, name);
  }
}
