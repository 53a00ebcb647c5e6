package dev.keyward.server.cli;

import dev.keyward.redaction.Secret;
import dev.keyward.server.CannotStart;
import dev.keyward.server.audit.AuditVerifier;
import dev.keyward.server.audit.Finding;
import dev.keyward.server.audit.RecordSource;
import dev.keyward.server.audit.Verification;
import dev.keyward.server.audit.VerifierKey;
import dev.keyward.server.config.ConfigFile;
import dev.keyward.server.config.DatabaseConfig;
import dev.keyward.server.config.Home;
import dev.keyward.server.control.OperatorError;
import dev.keyward.store.PostgresAddress;
import dev.keyward.store.PostgresSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// `audit`: the record, and whether it is whole.
@Command(
    name = "audit",
    mixinStandardHelpOptions = true,
    description = "The record of every call, and whether it is whole",
    subcommands = {AuditCommand.ListAll.class, AuditCommand.Verify.class},
    synopsisSubcommandLabel = "COMMAND")
final class AuditCommand {
  private static final int LIMIT = 50;

  private AuditCommand() {}

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "Lists records, newest first")
  static final class ListAll extends HomeCommand {
    @Option(names = "--run", paramLabel = "RUN", description = "Of one run, run_…")
    private @Nullable String run;

    @Option(names = "--agent", paramLabel = "AGENT", description = "Of one agent")
    private @Nullable String agent;

    @Option(names = "--tool", paramLabel = "TOOL", description = "Of one tool")
    private @Nullable String tool;

    @Option(names = "--call", paramLabel = "CALL", description = "Of one call, call_…")
    private @Nullable String call;

    @Option(
        names = "--type",
        paramLabel = "TYPE",
        description = "Of one type, for example call.outcome; approval. for the family")
    private @Nullable String type;

    @Option(names = "--since", paramLabel = "TIME", description = "Since 2026-11-20T12:00:00Z")
    private @Nullable String since;

    @Option(names = "--limit", paramLabel = "N", description = "Default: ${DEFAULT-VALUE}")
    private int limit = LIMIT;

    @Override
    public Integer call() throws CannotStart {
      var arguments =
          new Arguments()
              .with("run", run)
              .with("agent", agent)
              .with("tool", tool)
              .with("call", call)
              .with("type", type)
              .with("since", since)
              .with("limit", limit);
      JsonNode records = home.operate("audit.list", arguments.json());
      output.print(
          records, "No records.", "at", "type", "person", "to", "agent", "tool", "code", "call");
      return 0;
    }
  }

  @Command(
      name = "verify",
      mixinStandardHelpOptions = true,
      description = {
        "Checks the record against itself and its signed checkpoints.",
        "Needs no broker and no secret. Exit code 4 if something is wrong."
      })
  static final class Verify extends HomeCommand {
    @Option(
        names = "--database",
        paramLabel = "FILE|URL",
        description = {
          "A SQLite file, or postgresql://user@host/database?sslmode=verify-full with the password"
              + " in PGPASSWORD; default: as configured"
        })
    private @Nullable String database;

    @Option(
        names = "--checkpoints",
        paramLabel = "FILE",
        description = {
          "Best a copy that the broker's machine cannot change; default: as configured.",
          "Repeat it, and --key, for each broker over the database"
        })
    private List<Path> checkpoints = new ArrayList<>();

    @Option(
        names = "--key",
        paramLabel = "FILE",
        description =
            "The public key, best one kept since it was made; default: the home's audit.pub")
    private List<Path> keys = new ArrayList<>();

    @Override
    public Integer call() throws IOException {
      Home at = home.home();
      RecordSource record = database == null ? configuredDatabase(at) : source(database);
      Verification result = AuditVerifier.verify(record, notes(at), publicKeys(at));
      if (output.isJson()) {
        output.print(json(result), "");
      } else {
        print(result);
      }
      return result.intact() ? 0 : Main.FOUND_SOMETHING;
    }

    private static RecordSource source(String database) {
      if (!database.matches("(jdbc:)?postgres(ql)?:.*")) {
        return new RecordSource.InFile(there("database", Path.of(database)));
      }
      try {
        PostgresAddress address = PostgresAddress.parse(database);
        Optional<Secret> password =
            Optional.ofNullable(System.getenv("PGPASSWORD")).map(Secret::of);
        return new RecordSource.InPostgres(
            new PostgresSettings(address, Optional.empty(), password, "audit verify"));
      } catch (IllegalArgumentException e) {
        throw new OperatorError("--database " + e.getMessage());
      }
    }

    private static RecordSource configuredDatabase(Home home) {
      if (!Files.exists(home.config())) {
        return new RecordSource.InFile(there("database", home.database()));
      }
      try {
        Optional<DatabaseConfig> configured = ConfigFile.read(home).database();
        return configured.isPresent()
            ? new RecordSource.InPostgres(
                configured.get().settings("audit verify", System.getenv()))
            : new RecordSource.InFile(there("database", home.database()));
      } catch (ConfigFile.Unusable e) {
        throw new OperatorError(
            "where the database is cannot be told, so name it with --database: " + e.getMessage());
      }
    }

    private List<Path> notes(Home at) {
      return checkpoints.isEmpty()
          ? List.of(configured(at))
          : checkpoints.stream().map(file -> there("checkpoint file", file)).toList();
    }

    private List<VerifierKey> publicKeys(Home at) throws IOException {
      List<VerifierKey> all = new ArrayList<>();
      for (Path file : keys.isEmpty() ? List.of(at.auditPublicKey()) : keys) {
        all.add(publicKey(there("public key", file)));
      }
      return all;
    }

    private static Path there(String what, Path file) {
      if (!Files.isRegularFile(file)) {
        throw new OperatorError("there is no " + what + " " + file);
      }
      return file;
    }

    /// Where the settings have the checkpoints; that the file is missing is for the verifier to
    /// say.
    private static Path configured(Home home) {
      try {
        return ConfigFile.read(home).checkpoints();
      } catch (ConfigFile.Unusable e) {
        throw new OperatorError(
            "where the checkpoints are cannot be told, so name them with --checkpoints: "
                + e.getMessage());
      }
    }

    private static VerifierKey publicKey(Path file) throws IOException {
      try {
        return VerifierKey.read(file);
      } catch (IllegalArgumentException e) {
        throw new OperatorError(file + " is no public key of an audit: " + e.getMessage());
      }
    }

    private static String line(Finding finding) {
      String at =
          switch (finding) {
            case Finding.InChain(_, var chain, var seq, _) -> "chain " + chain + ", record " + seq;
            case Finding.InCheckpoints(_, var number, _) ->
                number > 0 ? "checkpoint " + number : "checkpoint file";
          };
      return "WRONG  " + at + ": " + finding.what();
    }

    private static void print(Verification result) {
      result.findings().forEach(finding -> System.out.println(line(finding)));
      System.out.println(
          result.records()
              + (result.records() == 1 ? " record in " : " records in ")
              + result.chains()
              + (result.chains() == 1 ? " chain, " : " chains, ")
              + result.checkpoints()
              + (result.checkpoints() == 1 ? " signed checkpoint" : " signed checkpoints")
              + result.lastCheckpoint().map(at -> ", the last of " + at).orElse(""));
      result.limits().forEach(limit -> System.out.println("Note: " + limit));
      System.out.println(result.intact() ? "The record is whole." : "The record is NOT whole.");
    }

    private static JsonNode json(Verification result) {
      ObjectNode json =
          JsonNodeFactory.instance
              .objectNode()
              .put("intact", result.intact())
              .put("records", result.records())
              .put("chains", result.chains())
              .put("checkpoints", result.checkpoints())
              .put("unsigned", result.unsigned());
      result.lastCheckpoint().ifPresent(at -> json.put("last_checkpoint", at.toString()));
      ArrayNode findings = json.putArray("findings");
      result.findings().forEach(finding -> findings.add(row(finding)));
      ArrayNode limits = json.putArray("limits");
      result.limits().forEach(limits::add);
      return json;
    }

    private static ObjectNode row(Finding finding) {
      ObjectNode row = JsonNodeFactory.instance.objectNode().put("fault", finding.fault().wire());
      switch (finding) {
        case Finding.InChain(_, var chain, var seq, _) -> row.put("chain", chain).put("seq", seq);
        case Finding.InCheckpoints(_, var number, _) -> row.put("checkpoint", number);
      }
      return row.put("what", finding.what());
    }
  }
}
