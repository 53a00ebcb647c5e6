package dev.keyward.server.crash;

import dev.keyward.server.audit.SigningKey;
import dev.keyward.server.config.Home;
import dev.keyward.server.credential.MasterKey;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;

/// A home folder with the tools of the suites of this package: one to read, and three that write,
/// of which one asks nobody, one its owner, one two reviewers.
final class CrashHome {
  private CrashHome() {}

  /// Makes it.
  ///
  /// @param upstream where the tools' requests go
  /// @param settings further lines of `config.yaml`
  static Home make(Path folder, URI upstream, String settings) throws IOException {
    var home = new Home(folder);
    Files.createDirectories(home.catalog());
    Files.setPosixFilePermissions(home.folder(), PosixFilePermissions.fromString("rwx------"));
    MasterKey.create(home.masterKey());
    SigningKey.create(home.auditKey(), home.auditPublicKey(), "keyward", new SecureRandom());
    Files.writeString(
        home.config(),
        """
        agents: {listen: "127.0.0.1:0"}
        limits: {agent: {per_minute: 1000000}, run: {per_minute: 1000000}}
        people: {listen: "127.0.0.1:0"}
        approvals: {max_pending_per_agent: 1000, questions: {agent: {burst: 100000}}}
        policy: {allow: [{tool: desk.tag_ticket}]}
        egress: {private_origins: ["%s"]}
        """
                .formatted(upstream)
            + settings);
    Files.writeString(home.catalog().resolve("desk.yaml"), catalog(upstream));
    return home;
  }

  private static String catalog(URI upstream) {
    String write =
        "{method: POST, path: /%s, body: {json: [text]}}\n    idempotency: Idempotency-Key";
    return "system: desk\norigin: "
        + upstream
        + "\ncredential: {ref: local:desk#token, in: bearer}\ntools:\n"
        + tool("read_ticket", "read", "{method: GET, path: /ticket, query: [text]}")
        + tool("tag_ticket", "write", write.formatted("tag"))
        + tool("add_note", "write", write.formatted("note"))
        + tool("refund", "dangerous_write", write.formatted("refund"));
  }

  private static String tool(String name, String tier, String request) {
    return """
      %s:
        title: Tool
        description: A tool.
        tier: %s
        summary: Do {text}
        input:
          properties:
            text: {type: string, description: Text., maxLength: 100}
          required: [text]
        request: %s
        result: [id]
    """
        .formatted(name, tier, request);
  }
}
