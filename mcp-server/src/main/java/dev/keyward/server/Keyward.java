package dev.keyward.server;

import dev.keyward.approvals.ApprovalEvent;
import dev.keyward.approvals.ApprovalSettings;
import dev.keyward.approvals.Approvals;
import dev.keyward.approvals.Edits;
import dev.keyward.approvals.UnknownWrites;
import dev.keyward.approvals.web.ApprovalPages;
import dev.keyward.approvals.web.OutsideSignIn;
import dev.keyward.approvals.web.SqlPeople;
import dev.keyward.approvals.web.ToolCredentials;
import dev.keyward.call.ApprovalId;
import dev.keyward.call.Caller;
import dev.keyward.call.Hashes;
import dev.keyward.call.RunId;
import dev.keyward.call.Seal;
import dev.keyward.call.ToolName;
import dev.keyward.catalog.CatalogFolder;
import dev.keyward.catalog.CredentialRef;
import dev.keyward.catalog.Tool;
import dev.keyward.catalog.ToolCatalog;
import dev.keyward.redaction.KnownSecrets;
import dev.keyward.redaction.Redactor;
import dev.keyward.redaction.Secret;
import dev.keyward.server.audit.ArgumentVault;
import dev.keyward.server.audit.AuditEvent;
import dev.keyward.server.audit.AuditRecords;
import dev.keyward.server.audit.Checkpoints;
import dev.keyward.server.audit.ServerFacts;
import dev.keyward.server.audit.SigningKey;
import dev.keyward.server.audit.SqlAuditLog;
import dev.keyward.server.config.Config;
import dev.keyward.server.config.ConfigFile;
import dev.keyward.server.config.Home;
import dev.keyward.server.config.MintSettings;
import dev.keyward.server.config.RulesFile;
import dev.keyward.server.config.TokenIssuer;
import dev.keyward.server.config.TrustedAuthorities;
import dev.keyward.server.control.ControlSocket;
import dev.keyward.server.control.HomeLock;
import dev.keyward.server.control.Operations;
import dev.keyward.server.control.OperatorCommands;
import dev.keyward.server.control.ScrubbedOperations;
import dev.keyward.server.control.SecretExport;
import dev.keyward.server.credential.CredentialStore;
import dev.keyward.server.credential.Credentials;
import dev.keyward.server.credential.EncryptedFile;
import dev.keyward.server.credential.MasterKey;
import dev.keyward.server.credential.MasterKeys;
import dev.keyward.server.credential.Passphrase;
import dev.keyward.server.credential.UnusableFile;
import dev.keyward.server.credential.command.CommandCredentials;
import dev.keyward.server.credential.connection.SqlConnections;
import dev.keyward.server.credential.lease.Revocations;
import dev.keyward.server.credential.lease.SqlLeases;
import dev.keyward.server.credential.mint.Accounts;
import dev.keyward.server.credential.mint.Minting;
import dev.keyward.server.credential.subject.SqlSubjects;
import dev.keyward.server.credential.vault.VaultCredentials;
import dev.keyward.server.handle.HandleKeys;
import dev.keyward.server.handle.Handles;
import dev.keyward.server.identity.Agents;
import dev.keyward.server.identity.Epoch;
import dev.keyward.server.identity.Identity;
import dev.keyward.server.identity.Tokens;
import dev.keyward.server.identity.oauth.IssuedTokens;
import dev.keyward.server.identity.oauth.RefusedTokens;
import dev.keyward.server.limits.Breakers;
import dev.keyward.server.limits.CallLimits;
import dev.keyward.server.notice.Lane;
import dev.keyward.server.notice.Notices;
import dev.keyward.server.notice.Outbox;
import dev.keyward.server.pipeline.HoldTimes;
import dev.keyward.server.pipeline.Recovery;
import dev.keyward.server.pipeline.SqlUnknownWrites;
import dev.keyward.server.pipeline.ToolCallPipeline;
import dev.keyward.server.pipeline.ToolListing;
import dev.keyward.server.policy.Gate;
import dev.keyward.server.policy.PolicyFile;
import dev.keyward.server.policy.PolicyWatch;
import dev.keyward.server.policy.RulePolicy;
import dev.keyward.server.policy.Rules;
import dev.keyward.server.policy.StepUps;
import dev.keyward.server.run.JobFacts;
import dev.keyward.server.run.JobRuns;
import dev.keyward.server.run.RunChange;
import dev.keyward.server.run.RunDesk;
import dev.keyward.server.run.RunPolicy;
import dev.keyward.server.run.RunWidening;
import dev.keyward.server.run.Runs;
import dev.keyward.server.run.ShownIds;
import dev.keyward.server.signin.OpenIdSignIn;
import dev.keyward.server.stop.By;
import dev.keyward.server.stop.KillSwitch;
import dev.keyward.server.stop.StopScope;
import dev.keyward.server.stop.Stops;
import dev.keyward.server.task.Tasks;
import dev.keyward.server.token.TrustedTokens;
import dev.keyward.server.transport.AgentListener;
import dev.keyward.server.transport.PeopleListener;
import dev.keyward.server.transport.StdioServer;
import dev.keyward.server.unusual.Behaviour;
import dev.keyward.server.unusual.Finding;
import dev.keyward.server.upstream.AllowedAddresses;
import dev.keyward.server.upstream.HttpUpstream;
import dev.keyward.server.upstream.Resolution;
import dev.keyward.server.upstream.UpstreamByBinding;
import dev.keyward.server.upstream.sql.SqlUpstream;
import dev.keyward.store.Database;
import dev.keyward.store.PostgresDatabase;
import dev.keyward.store.PostgresSettings;
import dev.keyward.store.SqliteDatabase;
import dev.keyward.store.StoreUnavailable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.X509TrustManager;
import tools.jackson.databind.JsonNode;

/// One broker over one home folder: the whole object graph, and its start and end.
public final class Keyward implements AutoCloseable {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");
  private static final Duration EVERY_SECOND = Duration.ofSeconds(1);
  private static final Duration EVERY_FEW_MINUTES = Duration.ofMinutes(5);
  private static final Duration LOOK = Duration.ofMillis(250);
  private static final Duration LAST_REVOCATIONS = Duration.ofSeconds(5);

  /// The version of this build, from its jar; `development` where there is none.
  public static final String VERSION =
      Optional.ofNullable(Keyward.class.getPackage().getImplementationVersion())
          .orElse("development");

  private static final int SESSIONS_PER_AGENT = 64;

  private final Home home;
  private final Config config;
  private final Endings endings;
  private final CatalogFolder catalog;
  private final PolicyWatch policyFile;
  private final SqlPeople people;
  private final Approvals approvals;
  private final UnknownWrites unknownWrites;
  private final Edits edits;
  private final AuditRecords records;
  private final KillSwitch killSwitch;
  private final Redactor redactor;
  private final Agents agents;
  private final Credentials credentials;
  private final SqlConnections connected;
  private final Accounts accounts;
  private final Runs runs;
  private final Optional<OpenIdSignIn> signIn;
  private final Front broker;
  private final Operations operations;
  private final SecretExport export;
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();
  private volatile Optional<AgentListener> agentListener = Optional.empty();
  private volatile Optional<PeopleListener> peopleListener = Optional.empty();

  /// Opens the home folder: takes its lock, checks its keys, and closes what a broker that died
  /// left open. Nothing listens yet.
  ///
  /// @throws CannotStart if another broker has the folder, or something in it cannot be used
  public static Keyward open(Home home, Mode mode, InstantSource clock) throws CannotStart {
    Config config = config(home);
    requirePrivate(home);
    Endings endings = new Endings();
    endings.add(lock(home, mode));
    try {
      return new Keyward(home, config, mode, clock, endings);
    } catch (NoSuchFileException e) {
      endings.close();
      throw new CannotStart(e.getMessage() + " is missing: put it back from your backup", e);
    } catch (UnusableFile
        | StoreUnavailable
        | IllegalArgumentException
        | IOException
        | UncheckedIOException e) {
      endings.close();
      throw new CannotStart(String.valueOf(e.getMessage()), e);
    } catch (CannotStart | RuntimeException e) {
      endings.close();
      throw e;
    }
  }

  private Keyward(Home home, Config config, Mode mode, InstantSource clock, Endings endings)
      throws IOException, CannotStart {
    this.home = home;
    this.config = config;
    this.clock = clock;
    this.endings = endings;

    Map<URI, X509TrustManager> authorities = authorities(config);
    var upstreamAhead =
        endings.add(
            Ahead.of(
                "upstream",
                () ->
                    HttpUpstream.start(
                        Resolution.SYSTEM, config.privateOrigins(), authorities, clock)));
    var rulesAhead =
        Ahead.of("rules", () -> RulesFile.open(config.rules(), config.personalData(), clock));
    var masterKeys =
        new MasterKeys(
            config.secrets().masterKey(),
            home,
            Keyward::environment,
            Passphrase.atTerminal(),
            random);
    EncryptedFile secrets =
        EncryptedFile.open(
            home.secrets(), masterKeys.read(), clock, random, config.secrets().keepReplaced());
    MasterKey master = secrets.root();
    Optional<VaultCredentials> vault = vault();
    SigningKey signingKey = SigningKey.read(home.auditKey(), home.auditPublicKey());
    String replica = Replica.of(home, config);
    Optional<PostgresSettings> shared = shared(config, replica);
    Database database = endings.add(database(home, shared));
    if (database.shared()) {
      CommonKey.require(database, master);
    }
    catalog = endings.add(CatalogFolder.open(home.catalog()));
    policyFile = PolicyWatch.open(config.policy(), allowRules());

    Checkpoints checkpoints = Checkpoints.open(database, config.checkpoints(), signingKey, clock);
    SqlAuditLog audit = new SqlAuditLog(database, clock, random, replica);
    audit.onRecorded(checkpoints::recorded);
    audit.start(facts(mode, signingKey), checkpoints.last());
    checkpoints.start();
    endings.add(checkpoints);
    endings.add(audit::stop);
    records = new AuditRecords(database);

    var changes = new Changes(audit);
    Optional<Outbox> outbox =
        config.approvals().notices().any()
            ? Optional.of(new Outbox(database, clock, random))
            : Optional.empty();
    people = new SqlPeople(database, clock, random, changes::person);
    approvals =
        new Approvals(
            database,
            clock,
            random,
            new Seal(master.derive("previews", "AES"), random),
            (tx, event) -> {
              changes.approval(tx, event);
              if (event instanceof ApprovalEvent.Prolonged prolonged) {
                Tasks.prolong(tx, prolonged.request());
              }
              outbox.ifPresent(all -> all.note(tx, event));
            },
            people,
            approvalSettings());
    signIn = signIn();
    Epoch epoch = new Epoch(database, System::nanoTime);
    epoch.add((tx, _) -> audit.reread(tx));
    agents = new Agents(database, clock, random, changes::agent, epoch);
    Handles handles =
        new Handles(
            database,
            new HandleKeys(
                master.derive("handle values", "AES"),
                master.derive("handle tags", "HmacSHA256"),
                master.derive("handle digests", "HmacSHA256")),
            clock,
            random,
            changes::handle);
    HttpUpstream upstream = upstreamAhead.get();
    var statements =
        new SqlUpstream(
            new AllowedAddresses(Resolution.SYSTEM, config.privateOrigins()), home.folder());
    var leases =
        new SqlLeases(
            database,
            master.derive("leases", "AES"),
            clock,
            random,
            audit.chain(),
            Runs::open,
            changes::lease);
    var connections =
        new SqlConnections(
            database,
            master.derive("connections", "AES"),
            clock,
            random,
            System::nanoTime,
            changes::connection);
    var subjects =
        new SqlSubjects(
            database,
            master.derive("subject tokens", "AES"),
            random,
            clock,
            subjectIssuers(config),
            Runs::open);
    Minting mint =
        new Minting(
            config.credentials(),
            upstream,
            clock,
            random,
            master.derive("credential fingerprints", "HmacSHA256"),
            leases,
            connections,
            subjects,
            vault.map(VaultCredentials::leases));
    epoch.add(
        (tx, _) -> {
          Set<RunId> over = SqlLeases.runsEnded(tx);
          return () -> over.forEach(mint::runEnded);
        });
    Stops stops = new Stops(database, clock, changes::stop, epoch);
    Runs.RunListener onRun =
        (tx, change) -> {
          changes.run(tx, change);
          if (change instanceof RunChange.Ended(var run, var _, var _)) {
            mint.runEnded(run);
            leases.runEnded(tx, run);
            subjects.erase(tx, run);
            handles.erase(tx, run);
            ShownIds.erase(tx, run);
            stops.ended(tx, run);
            Tasks.erase(tx, run);
          }
        };
    ShownIds shown = new ShownIds(database);
    JobRuns jobs = new JobRuns(database, approvals, agents, clock, random, onRun, subjects, epoch);
    runs =
        new Runs(database, jobs, stops::paused, approvals, clock, random, onRun, subjects, epoch);
    Recovery recovery = new Recovery(database, audit, records, approvals, clock, leases::orphaned);
    recovery.run(audit.chain(), replica);

    var strangers = new Strangers(database, audit, clock);
    Identity identity = new Identity(agents, jobs, tokens(mode), epoch, strangers::count);
    credentials = new Credentials(stores(secrets, commands(), vault), mint);
    Optional<Notices> notices = notices(outbox, credentials);
    Supplier<KnownSecrets> mustNotLeave =
        () -> KnownSecrets.of(mustNotLeave(credentials, shared, signIn, notices));
    AtomicReference<KnownSecrets> known = new AtomicReference<>(mustNotLeave.get());
    credentials.onChange(() -> known.set(mustNotLeave.get()));
    RulesFile rules = rulesAhead.get();
    redactor =
        new Redactor(known::get, rules::current)
            .within(new Deadlines(System::nanoTime, config.searchAtMost()));

    var policy =
        new RulePolicy(
            policyFile::current,
            config.approvals().singleOperator(),
            new JobFacts(jobs),
            database,
            clock);
    var behaviour = new Behaviour(database, clock, config.unusual(), changes::unusual);
    Gate gate =
        new Gate(new StepUps(new RunPolicy(policy, jobs), behaviour), approvals, catalog::current);
    ArgumentVault argumentVault = new ArgumentVault(master.derive("arguments", "AES"), random);
    unknownWrites =
        new SqlUnknownWrites(database, clock, audit, argumentVault, approvals, catalog::current);
    var limits = new CallLimits(config.limits(), database, System::nanoTime);
    ToolCallPipeline pipeline =
        new ToolCallPipeline(
            new ToolCallPipeline.Parts(
                database,
                clock,
                audit,
                argumentVault,
                identity,
                runs,
                stops,
                shown,
                new RunWidening(jobs, onRun, clock),
                limits,
                new Breakers(config.limits(), System::nanoTime),
                behaviour,
                catalog::current,
                gate,
                approvals,
                credentials,
                new UpstreamByBinding(upstream, statements),
                redactor,
                handles,
                HoldTimes.of(config.approvals().hold()),
                this::approvalPage,
                master.derive("request states", "AES"),
                random,
                master.derive("idempotency", "HmacSHA256")));
    edits = pipeline.edits();
    var tasks =
        new Tasks(
            new Tasks.Parts(
                database,
                clock,
                identity,
                runs,
                stops,
                limits,
                catalog::current,
                approvals,
                pipeline,
                redactor,
                audit.chain(),
                master.derive("tasks", "AES"),
                this::approvalPage,
                random));
    ToolListing listing =
        new ToolListing(
            identity,
            runs,
            stops,
            limits,
            gate,
            catalog::current,
            redactor,
            config.agents().listAtMost());
    killSwitch = new KillSwitch(stops, approvals, runs, pipeline::endDead, this::scrubbed);
    RunDesk desk =
        new RunDesk(database, jobs, agents, shown, catalog::current, clock, this::holdsSecret);
    broker = new Front(identity, listing, pipeline, tasks, desk, limits, runs, stops, redactor);
    connected = connections;
    accounts =
        new Accounts(
            config.credentials(),
            upstream,
            connections,
            credentials::base,
            clock,
            random,
            master.derive("connecting", "HmacSHA256"));
    var parts =
        new OperatorCommands.Parts(
            home,
            config,
            clock,
            database,
            audit,
            records,
            checkpoints,
            agents,
            desk,
            argumentVault,
            people,
            secrets,
            masterKeys,
            credentials,
            leases,
            connections,
            accounts,
            catalog,
            policyFile,
            policy,
            approvals,
            redactor,
            notices,
            killSwitch,
            runs,
            this::agentsUrl,
            () -> peopleUrl().orElseGet(() -> peopleOrigin(config.people().listen().port())));
    operations = new ScrubbedOperations(new OperatorCommands(parts), redactor);
    export = new SecretExport(parts);

    behaviour.onStop(this::react);
    agents.onRevoked(agent -> runs.endAll(agent, "revoked"));
    agents.onKeyLost(pipeline::forgive);
    agents.onKeyLost(_ -> pipeline.endDead());
    agents.onKeyLost(agent -> agentListener.ifPresent(listener -> listener.endSessions(agent)));
    agents.onOtherTools(pipeline::endDead);
    catalog.onChange(() -> catalogChanged(database, audit));
    policyFile.onChange(() -> policyChanged(database, audit));
    if (mode != Mode.COMMAND) {
      endings.add(pipeline::catchUp);
      endings.add(behaviour::save);
      endings.add(tasks);
      endings.add(
          new Chores(
              EVERY_SECOND,
              List.of(
                  approvals::expireDue,
                  policyFile::look,
                  policy::tidy,
                  runs::endDue,
                  pipeline::endDead,
                  pipeline::catchUp,
                  tasks::tend,
                  strangers::record,
                  behaviour::save,
                  () -> vault.ifPresent(VaultCredentials::tend))));
    }
    if (mode != Mode.COMMAND) {
      var revocations =
          new Revocations(leases, (name, value) -> mint.revoke(name, value, credentials::base));
      endings.add(() -> revocations.finish(LAST_REVOCATIONS));
      Chores giveBack = endings.add(new Chores(EVERY_SECOND, List.of(revocations::tend)));
      leases.onDue(giveBack::soon);
    }
    if (mode != Mode.COMMAND && notices.isPresent()) {
      Notices all = notices.get();
      Runnable gather = () -> all.gather(approvals, this::approvalPage);
      endings.add(new Chores(EVERY_SECOND, List.of(gather)));
      for (Lane lane : all.lanes()) {
        endings.add(new Chores(EVERY_SECOND, List.of(() -> lane.deliver(redactor))));
      }
    }
    if (mode != Mode.COMMAND && database.shared()) {
      var sisters =
          new Sisters(
              database, records, recovery, audit.chain(), goneAfter(config), System::nanoTime);
      endings.add(new Chores(EVERY_SECOND, List.of(sisters::look)));
      endings.add(new Chores(EVERY_FEW_MINUTES, List.of(limits::forget)));
      Chores look = endings.add(new Chores(LOOK, List.of(epoch::look, pipeline::endDead)));
      epoch.onHint(look::soon);
    }
  }

  /// Listens for agents, people and the operator's commands.
  ///
  /// @throws CannotStart if an address is taken
  public void serve() throws CannotStart {
    listenForPeople(config.people().listen());
    listenForAgents(config.agents().listen());
    listenForCommands();
  }

  /// Serves one client on a pair of streams until the input ends. Beside it, people can sign in,
  /// commands work, and further clients of this home folder can join, on a port of their own.
  ///
  /// @param drain how long calls in flight may run on after the input has ended
  /// @throws CannotStart if an address is taken
  /// @throws IOException if the input cannot be read
  public void serveStdio(Secret key, InputStream in, OutputStream out, Duration drain)
      throws CannotStart, IOException {
    listenForPeopleOrElsewhere();
    listenForAgents(new Config.HostPort("127.0.0.1", 0));
    listenForCommands();
    var server = new StdioServer(broker, key, in, out, random, drain);
    Runnable toolsChanged = () -> Thread.startVirtualThread(server::toolsChanged); // it may block
    catalog.onChange(toolsChanged);
    policyFile.onChange(toolsChanged);
    agents.onOtherTools(toolsChanged);
    broker.tasks().onChange(server::taskChanged);
    server.run();
  }

  /// {@return the newest values of the embedded store's secrets that are `wanted`, in the clear,
  /// each recorded in the audit}
  public Map<CredentialRef, Secret> exportSecrets(Predicate<CredentialRef> wanted) {
    return export.values(wanted);
  }

  /// {@return what the operator can do with this broker}
  public Operations operations() {
    return operations;
  }

  /// {@return where MCP clients connect, once [#serve] has been called}
  public Optional<URI> agentsUrl() {
    return agentListener.map(AgentListener::uri);
  }

  /// {@return where people sign in, once the people's listener is up}
  public Optional<URI> peopleUrl() {
    return peopleListener.map(listener -> peopleOrigin(listener.port()));
  }

  @Override
  public void close() {
    endings.close();
  }

  private void react(Caller caller, Finding finding) {
    String why = "unusual: " + finding.detector().wire();
    switch (finding.reaction()) {
      case PAUSE -> killSwitch.pause(caller.run(), why, new By.Broker());
      case STOP -> killSwitch.stop(new StopScope.OfAgent(caller.lead()), why, new By.Broker());
      case OFF, RECORD, CONFIRM, REVIEW -> {}
    }
  }

  private void listenForAgents(Config.HostPort listen) throws CannotStart {
    Config.AgentsListener wanted = config.agents();
    var settings =
        new AgentListener.Settings(
            address(listen), wanted.hosts(), wanted.origins(), SESSIONS_PER_AGENT, tokenPlaces());
    try {
      AgentListener listener = endings.add(AgentListener.bind(settings, broker, random));
      agentListener = Optional.of(listener);
      catalog.onChange(listener::toolsChanged);
      policyFile.onChange(listener::toolsChanged);
      agents.onOtherTools(listener::toolsChanged);
      broker.tasks().onChange(listener::taskChanged);
      listener.serve();
    } catch (IOException e) {
      throw taken("agents.listen", listen, e);
    }
  }

  /// Several clients may each start a broker, each on a home folder of its own; one has the port.
  private void listenForPeopleOrElsewhere() throws CannotStart {
    try {
      listenForPeople(config.people().listen());
    } catch (CannotStart taken) {
      listenForPeople(new Config.HostPort("127.0.0.1", 0));
    }
  }

  private void listenForPeople(Config.HostPort listen) throws CannotStart {
    try {
      var settings = new PeopleListener.Settings(address(listen), hosts(config.people().origin()));
      PeopleListener listener =
          endings.add(
              PeopleListener.start(settings, bound -> pages(peopleOrigin(bound.getPort()))));
      peopleListener = Optional.of(listener);
    } catch (IOException e) {
      throw taken("people.listen", listen, e);
    }
  }

  private PeopleListener.Site pages(URI origin) {
    var pages =
        new ApprovalPages(
            origin,
            approvals,
            edits,
            unknownWrites,
            (run, why, by) -> killSwitch.stop(new StopScope.OfRun(run), why, new By.Person(by)),
            people,
            this::scrubbed,
            this::scrubbedHeld,
            new StopDesk(killSwitch, agents, catalog),
            new AuditDesk(records),
            new AccountDesk(accounts, connected, origin),
            this::credential,
            runs::purpose,
            clock,
            signIn.map(OutsideSignIn.class::cast),
            random);
    return new PeopleListener.Site(
        pages.guard(),
        pages.mounts().stream()
            .map(mount -> new PeopleListener.Mount(mount.path(), mount.servlet()))
            .toList(),
        pages::endStreams);
  }

  private void listenForCommands() throws CannotStart {
    try {
      endings.add(ControlSocket.open(home.socket(), operations));
    } catch (IOException e) {
      throw new CannotStart(
          "the socket " + home.socket() + " cannot be made (its path may be too long)", e);
    }
  }

  private boolean holdsSecret(JsonNode json) {
    try {
      return redactor.findSecret(json).isPresent();
    } catch (Redactor.Uncertain e) {
      return true;
    }
  }

  /// {@return `text` without what must not leave, for logs and whatever else is written down}
  ///
  /// @throws Redactor.Uncertain if that cannot be said of it
  public String scrubbed(String text) {
    return redactor.scrub(text).text();
  }

  private String scrubbedHeld(String text) {
    return redactor.scrubHeld(text).text();
  }

  private Optional<ToolCredentials.Use> credential(ToolName tool) {
    return catalog
        .current()
        .find(tool.value())
        .flatMap(Tool::credential)
        .map(use -> new ToolCredentials.Use(use.ref().toString(), made(use.ref()), use.scope()));
  }

  private Optional<String> made(CredentialRef ref) {
    return ref.minted()
        ? Optional.of(credentials.kind(ref).orElse("which config.yaml does not describe"))
        : Optional.empty();
  }

  private URI approvalPage(ApprovalId approval) {
    return peopleUrl()
        .orElseGet(() -> peopleOrigin(config.people().listen().port()))
        .resolve("/approvals/" + approval);
  }

  private URI peopleOrigin(int port) {
    return config
        .people()
        .origin()
        .orElseGet(
            () -> URI.create("http://" + bracketed(config.people().listen().host()) + ":" + port));
  }

  private void catalogChanged(Database database, SqlAuditLog audit) {
    ToolCatalog now = catalog.current();
    record(
        database,
        audit,
        new AuditEvent.CatalogChanged(now.digest(), now.tools().size(), catalog.problems().size()));
  }

  private void policyChanged(Database database, SqlAuditLog audit) {
    Rules now = policyFile.current();
    record(
        database,
        audit,
        new AuditEvent.PolicyChanged(now.digest(), now.all().size(), policyFile.problems().size()));
  }

  private static void record(Database database, SqlAuditLog audit, AuditEvent event) {
    var _ =
        database.submit(
            tx -> {
              audit.append(tx, event);
              return event;
            });
  }

  private Optional<Notices> notices(Optional<Outbox> outbox, Credentials credentials)
      throws IOException {
    return outbox.isPresent()
        ? Optional.of(
            endings.add(
                Notices.open(
                    config.approvals().notices(), outbox.get(), clock, people, credentials::base)))
        : Optional.empty();
  }

  private Optional<OpenIdSignIn> signIn() throws IOException {
    return config.people().oidc().isPresent()
        ? Optional.of(endings.add(OpenIdSignIn.open(config.people().oidc().get(), clock)))
        : Optional.empty();
  }

  /// What agents may show in place of keys; their issuers' keys are renewed while it runs.
  private Tokens tokens(Mode mode) {
    if (config.issuers().isEmpty()) {
      return Tokens.NONE;
    }
    var trusted =
        endings.add(
            new TrustedTokens(config.issuers().stream().map(TokenIssuer::issuer).toList(), clock));
    if (mode != Mode.COMMAND) {
      endings.add(new Chores(EVERY_SECOND, List.of(trusted::tend)));
    }
    return new IssuedTokens(config.issuers(), trusted, new RefusedTokens(clock));
  }

  private Optional<AgentListener.TokenPlaces> tokenPlaces() {
    List<String> advertised =
        config.issuers().stream()
            .filter(TokenIssuer::advertised)
            .map(issuer -> issuer.issuer().name())
            .toList();
    return config.issuers().isEmpty()
        ? Optional.empty()
        : Optional.of(new AgentListener.TokenPlaces(config.agents().url(), advertised));
  }

  private static Map<URI, X509TrustManager> authorities(Config config) {
    Map<URI, X509TrustManager> authorities = new HashMap<>();
    config
        .authorities()
        .forEach(
            (origin, file) ->
                authorities.put(origin, TrustedAuthorities.trust(file, "egress.ca_files")));
    return authorities;
  }

  /// Whose tokens are exchanged for others.
  private static Set<String> subjectIssuers(Config config) {
    return config.credentials().stream()
        .map(MintSettings::way)
        .flatMap(
            way -> way instanceof MintSettings.TokenExchange one ? Stream.of(one) : Stream.of())
        .flatMap(exchange -> exchange.subjectIssuer().stream())
        .collect(Collectors.toSet());
  }

  private static Optional<String> environment(String name) {
    return Optional.ofNullable(System.getenv(name));
  }

  private Optional<CommandCredentials> commands() {
    return config.commands().isEmpty()
        ? Optional.empty()
        : Optional.of(
            endings.add(
                CommandCredentials.open(
                    config.commands(), home.folder(), Keyward::environment, clock)));
  }

  private Optional<VaultCredentials> vault() {
    return config
        .vault()
        .map(
            settings ->
                endings.add(VaultCredentials.open(settings, Keyward::environment, clock, random)));
  }

  private static Map<String, CredentialStore> stores(
      EncryptedFile secrets,
      Optional<CommandCredentials> commands,
      Optional<VaultCredentials> vault) {
    Map<String, CredentialStore> stores = new HashMap<>(Map.of(EncryptedFile.STORE, secrets));
    commands.ifPresent(store -> stores.put(CommandCredentials.STORE, store));
    vault.ifPresent(store -> stores.put(VaultCredentials.STORE, store));
    return stores;
  }

  private static Optional<PostgresSettings> shared(Config config, String replica)
      throws CannotStart {
    try {
      return config.database().isPresent()
          ? Optional.of(config.database().get().settings(replica, System.getenv()))
          : Optional.empty();
    } catch (ConfigFile.Unusable e) {
      throw new CannotStart(String.valueOf(e.getMessage()), e);
    }
  }

  private static Database database(Home home, Optional<PostgresSettings> shared) {
    return shared.isPresent()
        ? PostgresDatabase.open(shared.get())
        : SqliteDatabase.open(home.database());
  }

  private static Duration goneAfter(Config config) {
    return config.database().orElseThrow().goneAfter();
  }

  private static Collection<Secret> mustNotLeave(
      Credentials credentials,
      Optional<PostgresSettings> shared,
      Optional<OpenIdSignIn> signIn,
      Optional<Notices> notices) {
    List<Secret> all = new ArrayList<>(credentials.held());
    shared.flatMap(PostgresSettings::password).ifPresent(all::add);
    signIn.flatMap(OpenIdSignIn::secret).ifPresent(all::add);
    notices.map(Notices::secrets).ifPresent(all::addAll);
    return all;
  }

  private ServerFacts facts(Mode mode, SigningKey signingKey) {
    return new ServerFacts(
        VERSION,
        mode.wire(),
        Hashes.sha256Hex(config.text()),
        policyFile.current().digest(),
        catalog.current().digest(),
        signingKey.verifier().toString());
  }

  private ApprovalSettings approvalSettings() {
    Config.ApprovalsConfig wanted = config.approvals();
    return new ApprovalSettings(
        wanted.expiry(),
        wanted.singleOperator(),
        wanted.questions(),
        wanted.furtherCalls(),
        wanted.passkeys());
  }

  private List<PolicyFile.Allow> allowRules() {
    return config.allow().stream()
        .map(rule -> new PolicyFile.Allow(rule.tool(), rule.agents()))
        .toList();
  }

  private static Config config(Home home) throws CannotStart {
    try {
      return ConfigFile.read(home);
    } catch (ConfigFile.Unusable e) {
      throw new CannotStart(String.valueOf(e.getMessage()), e);
    }
  }

  /// The folder's mode is what keeps others from the socket and the files in it.
  private static void requirePrivate(Home home) throws CannotStart {
    try {
      if (!OWNER_ONLY.containsAll(Files.getPosixFilePermissions(home.folder()))) {
        throw new CannotStart(
            home.folder() + " is open to other users; close it with: chmod 700 " + home.folder());
      }
    } catch (IOException e) {
      throw new CannotStart("the home folder " + home.folder() + " cannot be read", e);
    }
  }

  private static HomeLock lock(Home home, Mode mode) throws CannotStart {
    try {
      String who = mode.wire() + ", process " + ProcessHandle.current().pid();
      return HomeLock.take(home.lock(), who)
          .orElseThrow(
              () ->
                  new CannotStart.HomeTaken(
                      "another broker has the home folder "
                          + home.folder()
                          + ": "
                          + HomeLock.holder(home.lock())));
    } catch (IOException e) {
      throw new CannotStart(
          "the home folder " + home.folder() + " cannot be written to; is the disk full?", e);
    }
  }

  private static CannotStart taken(String field, Config.HostPort listen, IOException e) {
    String address = bracketed(listen.host()) + ":" + listen.port();
    return new CannotStart(
        "cannot listen on "
            + address
            + ": it is taken, or not an address of this machine; change "
            + field
            + " in config.yaml",
        e);
  }

  private static InetSocketAddress address(Config.HostPort listen) {
    return new InetSocketAddress(listen.host(), listen.port());
  }

  private static Set<String> hosts(Optional<URI> origin) {
    return origin.map(URI::getRawAuthority).map(Set::of).orElse(Set.of());
  }

  private static String bracketed(String host) {
    return host.contains(":") ? "[" + host + "]" : host;
  }
}
