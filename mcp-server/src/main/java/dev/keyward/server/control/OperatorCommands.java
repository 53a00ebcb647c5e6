package dev.keyward.server.control;

import static java.lang.System.Logger.Level.ERROR;

import dev.keyward.approvals.Approvals;
import dev.keyward.approvals.web.SqlPeople;
import dev.keyward.catalog.CatalogFolder;
import dev.keyward.redaction.Redactor;
import dev.keyward.server.audit.ArgumentVault;
import dev.keyward.server.audit.AuditEvent;
import dev.keyward.server.audit.AuditLog;
import dev.keyward.server.audit.AuditRecords;
import dev.keyward.server.audit.Checkpoints;
import dev.keyward.server.config.Config;
import dev.keyward.server.config.Home;
import dev.keyward.server.credential.Credentials;
import dev.keyward.server.credential.EncryptedFile;
import dev.keyward.server.credential.MasterKeys;
import dev.keyward.server.credential.UnusableFile;
import dev.keyward.server.credential.connection.SqlConnections;
import dev.keyward.server.credential.lease.SqlLeases;
import dev.keyward.server.credential.mint.Accounts;
import dev.keyward.server.identity.Agents;
import dev.keyward.server.notice.Notices;
import dev.keyward.server.policy.PolicyWatch;
import dev.keyward.server.policy.RulePolicy;
import dev.keyward.server.run.RunDesk;
import dev.keyward.server.run.RunRefused;
import dev.keyward.server.run.Runs;
import dev.keyward.server.stop.KillSwitch;
import dev.keyward.store.Database;
import dev.keyward.store.StoreUnavailable;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/// Every command of the operator, by name.
///
/// Each noun has a class of its own that adds its commands here. Whatever changes the broker is in
/// the audit before it happens, or in the same transaction.
public final class OperatorCommands implements Operations {
  private static final System.Logger log = System.getLogger(OperatorCommands.class.getName());

  private final Map<String, Command> commands = new HashMap<>();

  /// What one command does.
  @FunctionalInterface
  interface Command {
    JsonNode run(Fields fields);
  }

  /// What the commands work on.
  ///
  /// @param redactor what is not to be written into a rule is found by it
  /// @param notices how people are told elsewhere, where they are
  /// @param peopleUrl where people sign in; empty while nobody listens
  public record Parts(
      Home home,
      Config config,
      InstantSource clock,
      Database database,
      AuditLog audit,
      AuditRecords records,
      Checkpoints checkpoints,
      Agents agents,
      RunDesk runs,
      ArgumentVault arguments,
      SqlPeople people,
      EncryptedFile secrets,
      MasterKeys masterKeys,
      Credentials credentials,
      SqlLeases leases,
      SqlConnections connections,
      Accounts accounts,
      CatalogFolder catalog,
      PolicyWatch policyFile,
      RulePolicy policy,
      Approvals approvals,
      Redactor redactor,
      Optional<Notices> notices,
      KillSwitch killSwitch,
      Runs everyRun,
      Supplier<Optional<URI>> agentsUrl,
      Supplier<URI> peopleUrl) {

    /// Records `event` and waits until that is durable.
    void record(AuditEvent event) {
      record(List.of(event));
    }

    /// Records `events`, all or none, and waits until that is durable.
    void record(List<AuditEvent> events) {
      database.write(
          tx -> {
            events.forEach(event -> audit.append(tx, event));
            return events;
          });
    }
  }

  /// Offers every command.
  public OperatorCommands(Parts parts) {
    new AgentCommands(parts).offer(commands);
    new RunCommands(parts).offer(commands);
    new PersonCommands(parts).offer(commands);
    new SecretCommands(parts).offer(commands);
    new LeaseCommands(parts).offer(commands);
    new ConnectionCommands(parts).offer(commands);
    new CatalogCommands(parts).offer(commands);
    new PolicyCommands(parts).offer(commands);
    new ApprovalCommands(parts).offer(commands);
    new NoticeCommands(parts).offer(commands);
    new AuditCommands(parts).offer(commands);
    new StopCommands(parts).offer(commands);
    new AccessCommands(parts).offer(commands);
    new Doctor(parts).offer(commands);
  }

  @Override
  public JsonNode operate(String command, JsonNode arguments) {
    Command known = commands.get(command);
    if (known == null) {
      throw new OperatorError("this broker knows no command of that name; is it older than you?");
    }
    try {
      return known.run(new Fields(arguments));
    } catch (IllegalArgumentException | UnusableFile e) {
      throw new OperatorError(String.valueOf(e.getMessage()));
    } catch (RunRefused e) {
      throw new OperatorError(e.sentence());
    } catch (StoreUnavailable e) {
      throw new OperatorError(
          "the database cannot do it now; is its disk full, or its server down?");
    } catch (UncheckedIOException e) {
      log.log(ERROR, "a file of the home folder cannot be written", e);
      throw new OperatorError(
          "a file of the home folder cannot be written and is as it was; is the disk full?");
    }
  }
}
