package dev.keyward.server;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toCollection;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaConstructorCall;
import dev.keyward.server.control.OperatorCommands;
import dev.keyward.server.control.ScrubbedOperations;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Every way out of the broker, by the classes that use it: a class that begins to write, to
/// answer, to send or to log by itself is one more than these lists have.
///
/// Before a class is added here, say what makes it clean, and let [CanarySuiteTest] search it.
final class ExitsTest {
  private static final String OURS = "dev.keyward.";

  private record Way(String name, Access access, List<String> classes) {}

  @FunctionalInterface
  private interface Access {
    boolean is(JavaClass to, String member);
  }

  private static final List<Way> WAYS =
      List.of(
          new Way(
              "bytes to a stream",
              (to, member) -> isOut(to) && member.matches("(write|print|append|format).*"),
              List.of(
                  // agents: each writes what is made of a Redacted, or words of its own
                  "server.transport.AgentListener$Health",
                  "server.transport.EventChannel",
                  "server.transport.HttpAnswer",
                  "server.transport.HttpProblem",
                  "server.transport.LineWriter",
                  "server.transport.ModernEndpoint",
                  "server.transport.ProtectedResource$Document",
                  "server.transport.RunsServlet",
                  "server.transport.StdioBridge",
                  // people: pages are searched line by line, what terminals get text by text; the
                  // others write constants
                  "approvals.web.LiveServlet",
                  "approvals.web.Pages",
                  "approvals.web.PasskeySignInServlet",
                  "approvals.web.StaticServlet",
                  "approvals.web.TerminalAnswers",
                  // operators: results come through ScrubbedOperations
                  "server.control.ControlClient",
                  "server.control.ControlSocket",
                  "server.cli.*",
                  // the home folder
                  "server.audit.CheckpointFile",
                  "server.control.HomeLock",
                  "server.credential.DurableFile")),
          new Way(
              "answers over HTTP and their headers",
              (to, member) ->
                  to.getPackageName().startsWith("jakarta.servlet")
                      && member.matches(
                          "send.*|setHeader|addHeader|addCookie|getOutputStream|getWriter"),
              List.of(
                  "approvals.web.Guard",
                  "approvals.web.LiveServlet",
                  "approvals.web.OutsideSignInServlet",
                  "approvals.web.Pages",
                  "approvals.web.PasskeySignInServlet",
                  "approvals.web.Redirect",
                  "approvals.web.StaticServlet",
                  "approvals.web.TerminalAnswers",
                  "approvals.web.TerminalServlet",
                  "approvals.web.TerminalSignInServlet",
                  "approvals.web.TokenCookie",
                  "server.transport.AgentGate",
                  "server.transport.AgentGate$PromptHeaders",
                  "server.transport.AgentListener$Health",
                  "server.transport.HttpAnswer",
                  "server.transport.HttpProblem",
                  "server.transport.ModernEndpoint",
                  "server.transport.ModernListening",
                  "server.transport.PeopleListener",
                  "server.transport.ProtectedResource$Document",
                  "server.transport.RunsServlet",
                  "server.transport.SseStreams")),
          new Way(
              "answers of Jetty's own",
              (to, member) ->
                  to.getPackageName().startsWith("org.eclipse.jetty")
                      && !to.getPackageName().startsWith("org.eclipse.jetty.client")
                      && member.matches("write.*|put|add|error"),
              List.of(
                  "server.transport.JsonErrors",
                  "server.transport.WholeBodies$Intake",
                  "server.upstream.PlacedCredential", // requests, not answers
                  "server.upstream.RequestMaker")),
          new Way(
              "requests to other systems",
              (to, member) ->
                  (to.getPackageName().startsWith("java.net.http")
                          || to.getPackageName().startsWith("org.eclipse.jetty.client"))
                      && member.matches("send|sendAsync|GET|POST|newRequest"),
              List.of(
                  "server.credential.vault.BoundedHttpClient",
                  "server.notice.HookClient",
                  "server.terminal.PeoplePages", // of a person at a terminal, with their token
                  "server.token.IssuerHttp",
                  "server.transport.ModernBridge",
                  "server.transport.StdioBridge",
                  "server.upstream.Attempt",
                  "server.upstream.RequestMaker")),
          new Way(
              "mail",
              (to, member) ->
                  to.getName().matches("(jakarta|org.eclipse.angus).mail.*Transport")
                      && member.matches("send.*"),
              List.of("server.notice.MailServer")), // messages are searched in Lane
          new Way(
              "sockets and programs",
              (to, member) ->
                  Set.of("java.net.Socket", "java.net.DatagramSocket", "java.net.HttpURLConnection")
                          .contains(to.getName())
                      || (to.getName().startsWith("java.nio.channels.")
                          && to.getSimpleName().endsWith("SocketChannel")
                          && member.matches("open|accept"))
                      || (to.getName().equals(ProcessBuilder.class.getName())
                          && member.equals("start")),
              List.of(
                  "server.cli.LoopbackPage", // the browser of who connects an account, constants
                  "server.control.ControlClient",
                  "server.control.ControlSocket",
                  "server.credential.ClientProgram",
                  "server.notice.MailServer",
                  "server.upstream.sql.PinnedSockets", // to an address that was checked
                  "server.upstream.sql.PinnedSockets$Pinned")),
          new Way(
              "files",
              (to, member) ->
                  (to.getName().equals("java.nio.file.Files")
                          && member.matches(
                              "write.*|newOutputStream|newBufferedWriter|newByteChannel"
                                  + "|copy|move"))
                      || (to.getName().equals("java.nio.channels.FileChannel")
                          && member.equals("open"))
                      || to.getName().matches("java.io.(FileOutputStream|FileWriter)"),
              List.of(
                  "server.audit.CheckpointFile",
                  "server.audit.SigningKey",
                  "server.cli.NewHome",
                  "server.cli.SecretTransfer$Export", // the one that gives secrets out
                  "server.control.Backup",
                  "server.control.HomeLock",
                  "server.credential.DurableFile",
                  "server.credential.MasterKey",
                  "server.terminal.SignedInFile", // a person's token, at their terminal
                  "store.SqliteCopy")),
          new Way(
              "the log, past System.Logger",
              (to, member) ->
                  to.getPackageName().startsWith("java.util.logging")
                      || member.matches("printStackTrace|dumpStack"),
              List.of("server.cli.LogLine", "server.cli.Logs")),
          new Way(
              "templates",
              (to, member) ->
                  to.getName().equals("gg.jte.TemplateEngine") && member.startsWith("render"),
              List.of("approvals.web.Pages")),
          new Way(
              "standard output outside of commands",
              (to, member) ->
                  to.getName().equals("java.lang.System")
                      && member.matches("out|err|setOut|setErr"),
              List.of("server.cli.*")));

  /// What our code is built on. A library may be a way out by itself (metrics, traces, mail), so a
  /// new one is looked at before it stands here.
  private static final String LIBRARIES =
      "com.fasterxml.jackson com.github.benmanes com.google.common com.google.errorprone"
          + " com.google.re2j com.networknt.schema com.nimbusds.jose com.yubico.webauthn"
          + " com.zaxxer.hikari dev.cel.common dev.cel.compiler dev.cel.parser dev.cel.runtime"
          + " gg.jte io.github.bucket4j io.github.jopenlibs io.github.resilience4j"
          + " io.modelcontextprotocol.common io.modelcontextprotocol.json"
          + " io.modelcontextprotocol.server io.modelcontextprotocol.spec jakarta.mail"
          + " jakarta.mail.internet jakarta.servlet jakarta.servlet.http javax.crypto"
          + " javax.crypto.spec javax.net javax.net.ssl javax.sql org.bouncycastle.crypto"
          + " org.eclipse.angus org.eclipse.jetty org.flywaydb.core org.jdbi.v3 org.jsoup"
          + " org.jsoup.nodes org.jsoup.parser org.jsoup.select org.jspecify.annotations"
          + " org.postgresql org.postgresql.ds org.postgresql.util org.snakeyaml.engine org.sqlite"
          + " picocli reactor.core.publisher tools.jackson.core tools.jackson.databind gg.jte.html"
          + " gg.jte.output gg.jte.runtime";

  @TestFactory
  Stream<DynamicTest> onlyTheKnownClassesGoOutBy() {
    return WAYS.stream()
        .map(way -> DynamicTest.dynamicTest(way.name(), () -> assertEquals(known(way), used(way))));
  }

  @Test
  void noOtherLibraryIsUsed() {
    Set<String> used =
        ArchitectureTest.CLASSES.stream()
            .flatMap(from -> from.getDirectDependenciesFromSelf().stream())
            .map(to -> to.getTargetClass().getBaseComponentType().getPackageName())
            .filter(to -> !to.isEmpty() && !to.startsWith("java.") && !to.startsWith(OURS))
            .map(to -> Arrays.stream(to.split("\\.", -1)).limit(3).collect(joining(".")))
            .collect(toCollection(TreeSet::new));

    assertEquals(new TreeSet<>(List.of(LIBRARIES.split(" ", -1))), used);
  }

  /// Else results would leave over the socket as they are.
  @Test
  void theOperatorsCommandsAreMadeOnlyToBeScrubbed() {
    Set<String> makers = new TreeSet<>();
    for (JavaConstructorCall call :
        ArchitectureTest.CLASSES.get(OperatorCommands.class).getConstructorCallsToSelf()) {
      makers.add(call.getOrigin().getFullName());
      assertTrue(
          call.getOrigin().getConstructorCallsFromSelf().stream()
              .anyMatch(made -> made.getTargetOwner().isEquivalentTo(ScrubbedOperations.class)),
          call::getDescription);
    }

    assertEquals(1, makers.size(), makers::toString);
  }

  private static Set<String> known(Way way) {
    return new TreeSet<>(way.classes());
  }

  private static Set<String> used(Way way) {
    Set<String> used = new TreeSet<>();
    for (JavaClass from : ArchitectureTest.CLASSES) {
      for (JavaAccess<?> access : from.getAccessesFromSelf()) {
        if (way.access().is(access.getTargetOwner(), access.getName())) {
          used.add(shown(from, way));
        }
      }
    }
    return used;
  }

  private static String shown(JavaClass from, Way way) {
    String all = from.getPackageName().substring(OURS.length()) + ".*";
    return way.classes().contains(all) ? all : from.getName().substring(OURS.length());
  }

  /// What is written to memory goes on from there by one of the other ways.
  private static boolean isOut(JavaClass to) {
    return (to.isAssignableTo(OutputStream.class)
            || to.isAssignableTo(Writer.class)
            || to.isAssignableTo(WritableByteChannel.class))
        && !to.isAssignableTo(ByteArrayOutputStream.class)
        && !to.isAssignableTo(StringWriter.class);
  }
}
