package dev.keyward.server;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static java.util.stream.Collectors.toCollection;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import dev.keyward.call.AgentId;
import dev.keyward.call.ApprovalId;
import dev.keyward.call.CallId;
import dev.keyward.call.TaskId;
import dev.keyward.redaction.Redacted;
import dev.keyward.redaction.RedactedFile;
import dev.keyward.redaction.Secret;
import dev.keyward.redaction.TouchesSecret;
import dev.keyward.server.pipeline.Answer;
import dev.keyward.server.pipeline.NextRound;
import dev.keyward.server.policy.PermittedCall;
import dev.keyward.server.task.Followed;
import dev.keyward.server.task.TaskView;
import dev.keyward.server.transport.Broker;
import dev.keyward.server.transport.RunAnswer;
import java.io.Serializable;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The map of the code, kept true: what may know what, and which library lives where.
final class ArchitectureTest {
  private static final String OURS = "dev.keyward.";

  /// A module's tests, as a folder or as a jar.
  private static final Pattern TESTS_OF_OTHERS =
      Pattern.compile(".*(/test-classes/|-tests\\.jar).*");

  static final JavaClasses CLASSES = production();

  /// Which of our packages each of them may use. What is not listed here may not be there.
  private static final Map<String, Set<String>> MAP =
      Map.ofEntries(
          uses("call"),
          uses("catalog", "call"),
          uses(
              "redaction",
              "redaction.exact",
              "redaction.rules",
              "redaction.json",
              "redaction.html"),
          uses("redaction.exact"),
          uses("redaction.rules", "redaction.exact"),
          uses("redaction.json", "redaction.exact", "redaction.rules"),
          uses("redaction.html", "redaction.exact"),
          uses("redaction.hostile", "redaction.exact", "redaction.rules"),
          uses("store", "redaction"),
          uses("approvals.passkey", "call"),
          uses("approvals", "call", "catalog", "redaction", "approvals.passkey", "store"),
          uses(
              "approvals.web",
              "approvals",
              "approvals.passkey",
              "call",
              "catalog",
              "redaction",
              "store"),
          uses(
              "server.config",
              "approvals",
              "call",
              "catalog",
              "redaction",
              "redaction.rules",
              "store",
              "server.limits",
              "server.unusual"),
          uses("server.condition", "call"),
          uses("server.limits", "call", "catalog", "store"),
          uses("server.unusual", "call", "catalog", "store"),
          uses("server.identity", "call", "redaction", "store"),
          uses("server.token", "redaction", "server.config"),
          uses(
              "server.signin",
              "call",
              "redaction",
              "approvals",
              "approvals.web",
              "server.config",
              "server.token"),
          uses(
              "server.identity.oauth",
              "call",
              "redaction",
              "server.config",
              "server.identity",
              "server.token"),
          uses(
              "server.run",
              "call",
              "catalog",
              "redaction",
              "approvals",
              "store",
              "server.identity",
              "server.condition",
              "server.policy"),
          uses(
              "server.stop",
              "call",
              "catalog",
              "approvals",
              "store",
              "server.identity",
              "server.run"),
          uses(
              "server.policy",
              "call",
              "catalog",
              "approvals",
              "store",
              "server.condition",
              "server.unusual"),
          uses(
              "server.credential",
              "call",
              "catalog",
              "redaction",
              "server.config",
              "server.policy"),
          uses(
              "server.handle",
              "call",
              "catalog",
              "redaction",
              "redaction.rules",
              "store",
              "server.policy"),
          uses(
              "server.credential.command",
              "catalog",
              "redaction",
              "server.config",
              "server.credential"),
          uses(
              "server.credential.vault",
              "catalog",
              "redaction",
              "server.config",
              "server.credential"),
          uses("server.credential.connection", "call", "redaction", "store", "server.credential"),
          uses(
              "server.credential.subject",
              "call",
              "redaction",
              "store",
              "server.identity",
              "server.credential"),
          uses(
              "server.credential.lease",
              "call",
              "catalog",
              "redaction",
              "store",
              "server.credential"),
          uses(
              "server.credential.mint",
              "call",
              "catalog",
              "redaction",
              "server.config",
              "server.credential",
              "server.upstream"),
          uses(
              "server.upstream",
              "call",
              "catalog",
              "redaction",
              "server.policy",
              "server.handle",
              "server.credential"),
          uses(
              "server.upstream.sql",
              "call",
              "catalog",
              "redaction",
              "server.policy",
              "server.handle",
              "server.credential",
              "server.upstream"),
          uses(
              "server.notice",
              "call",
              "catalog",
              "redaction",
              "approvals",
              "store",
              "server.config",
              "server.credential"),
          uses("server.audit", "call", "catalog", "approvals", "approvals.passkey", "store"),
          uses(
              "server.pipeline",
              "call",
              "catalog",
              "redaction",
              "redaction.hostile",
              "redaction.html",
              "approvals",
              "store",
              "server.identity",
              "server.run",
              "server.stop",
              "server.limits",
              "server.policy",
              "server.handle",
              "server.credential",
              "server.upstream",
              "server.audit",
              "server.unusual"),
          uses(
              "server.task",
              "call",
              "catalog",
              "redaction",
              "approvals",
              "store",
              "server.identity",
              "server.run",
              "server.stop",
              "server.limits",
              "server.audit",
              "server.pipeline"),
          uses("server.transport", "call", "redaction", "server.pipeline", "server.task"),
          uses(
              "server.control",
              "call",
              "catalog",
              "redaction",
              "approvals",
              "approvals.passkey",
              "approvals.web",
              "store",
              "server.config",
              "server.policy",
              "server.identity",
              "server.run",
              "server.stop",
              "server.credential",
              "server.credential.connection",
              "server.credential.lease",
              "server.credential.mint",
              "server.notice",
              "server.audit"),
          uses(
              "server",
              "call",
              "catalog",
              "redaction",
              "redaction.rules",
              "approvals",
              "approvals.web",
              "store",
              "server.config",
              "server.identity",
              "server.identity.oauth",
              "server.token",
              "server.signin",
              "server.run",
              "server.stop",
              "server.policy",
              "server.handle",
              "server.credential",
              "server.credential.command",
              "server.credential.connection",
              "server.credential.lease",
              "server.credential.mint",
              "server.credential.subject",
              "server.credential.vault",
              "server.upstream",
              "server.upstream.sql",
              "server.audit",
              "server.pipeline",
              "server.task",
              "server.transport",
              "server.control",
              "server.limits",
              "server.notice",
              "server.unusual"),
          uses("server.terminal", "call", "redaction", "server.config"),
          uses(
              "server.cli",
              "call",
              "catalog",
              "redaction",
              "redaction.rules",
              "store",
              "server",
              "server.policy",
              "server.config",
              "server.credential",
              "server.audit",
              "server.terminal",
              "server.transport",
              "server.control"));

  private static final Set<Class<?>> SAFE_TO_SEND =
      Set.of(
          Redacted.class,
          Answer.class,
          RunAnswer.class,
          Followed.class,
          TaskView.class,
          TaskView.Stage.class,
          AgentId.class,
          ApprovalId.class,
          CallId.class,
          TaskId.class,
          Duration.class,
          Instant.class,
          boolean.class,
          int.class,
          void.class);

  /// What is sent in parts, each of which must be safe.
  private static final List<Class<?>> PARTED =
      List.of(
          Answer.class,
          RunAnswer.class,
          Followed.Ended.class,
          Followed.Begun.class,
          TaskView.class,
          TaskView.Stage.Working.class,
          TaskView.Stage.Waiting.class,
          TaskView.Stage.Ended.class,
          TaskView.Stage.Cancelled.class);

  @Test
  void everyPackageUsesOnlyWhatTheMapSays() {
    Set<String> off = new TreeSet<>();
    for (JavaClass from : CLASSES) {
      Set<String> allowed = MAP.getOrDefault(name(from), Set.of());
      for (Dependency to : from.getDirectDependenciesFromSelf()) {
        JavaClass target = to.getTargetClass().getBaseComponentType();
        boolean ours = target.getPackageName().startsWith(OURS);
        if (ours && !name(target).equals(name(from)) && !allowed.contains(name(target))) {
          off.add(name(from) + " -> " + name(target) + ": " + to.getDescription());
        }
      }
    }

    assertEquals(Set.of(), off);
  }

  @Test
  void theMapHasEveryPackageAndNoOther() {
    Set<String> there =
        CLASSES.stream().map(ArchitectureTest::name).collect(toCollection(TreeSet::new));

    assertEquals(new TreeSet<>(MAP.keySet()), there);
  }

  @Test
  void noPackagesFormACycle() {
    SlicesRuleDefinition.slices()
        .matching("dev.keyward.(**)")
        .should()
        .beFreeOfCycles()
        .check(CLASSES);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "org.eclipse.jetty.server..|server.transport",
        "org.eclipse.jetty.ee11..|server.transport",
        "org.eclipse.jetty.client..|server.upstream",
        "org.eclipse.jetty..|server.transport server.upstream",
        "jakarta.servlet..|server.transport approvals.web",
        "gg.jte..|approvals.web",
        "com.yubico..|approvals.passkey",
        "jakarta.mail..|server.notice",
        "org.eclipse.angus..|server.notice",
        "io.modelcontextprotocol..|server.transport",
        "reactor..|server.transport",
        "org.jsoup..|redaction.html",
        "org.flywaydb..|store",
        "org.sqlite..|store",
        "org.postgresql..|store server.upstream.sql",
        "com.zaxxer..|store",
        "org.snakeyaml..|catalog",
        "com.networknt..|catalog",
        "com.github.benmanes..|server.credential server.credential.mint"
            + " server.credential.subject server.credential.vault server.handle"
            + " server.pipeline server.token server.limits server.unusual",
        "io.github.bucket4j..|server.limits",
        "io.github.resilience4j..|server.limits",
        "com.nimbusds..|server.token",
        "io.github.jopenlibs..|server.credential.vault",
        "org.bouncycastle..|server.credential",
        "dev.cel..|server.condition",
        "com.google.re2j..|server.condition",
        "com.google.protobuf..|",
        "picocli..|server.cli",
        "com.fasterxml.jackson.databind..|",
        "org.slf4j..|",
        "java.util.logging..|server.cli",
      })
  void aLibraryLivesInItsPackages(String library, @Nullable String homes) {
    List<String> allowed =
        homes == null
            ? List.of()
            : Stream.of(homes.split(" ", -1)).map(home -> OURS + home).toList();

    noClasses()
        .that(
            describe(
                "live elsewhere than " + allowed,
                javaClass -> !allowed.contains(javaClass.getPackageName())))
        .should()
        .dependOnClassesThat(resideInAnyPackage(library))
        .check(CLASSES);
  }

  @Test
  void sqlConnectionsAreTheBusinessOfTheStoreTheVerifierAndStatements() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "dev.keyward.store", "dev.keyward.server.audit", "dev.keyward.server.upstream.sql")
        .should()
        .dependOnClassesThat(
            describe(
                "open connections",
                to ->
                    Set.of(
                            "java.sql.Connection",
                            "java.sql.DriverManager",
                            "java.sql.Statement",
                            "javax.sql.DataSource")
                        .contains(to.getName())))
        .check(CLASSES);
  }

  @Test
  void theLowestPackagesKnowNoneOfOurs() {
    for (String lowest : List.of("call", "redaction.exact")) {
      noClasses()
          .that()
          .resideInAPackage(OURS + lowest)
          .should()
          .dependOnClassesThat(
              describe(
                  "are ours",
                  to ->
                      to.getPackageName().startsWith(OURS)
                          && !to.getPackageName().equals(OURS + lowest)))
          .check(CLASSES);
    }
  }

  @Test
  void redactionTouchesNoFilesSocketsOrClocks() {
    noClasses()
        .that()
        .resideInAPackage("dev.keyward.redaction..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.nio.file..", "java.net..", "java.time..", "java.sql..")
        .check(CLASSES);
  }

  @Test
  void onlyPolicyMakesAPermittedCall() {
    assertEquals(Set.of("server.policy"), makers(PermittedCall.class));
    assertFalse(
        Arrays.stream(PermittedCall.class.getDeclaredConstructors())
            .anyMatch(made -> Modifier.isPublic(made.getModifiers())));
  }

  @Test
  void onlyRedactionMakesARedacted() {
    assertEquals(Set.of("redaction"), makers(Redacted.class));
    assertEquals(Set.of("redaction"), makers(RedactedFile.class));
  }

  /// An exit for agents that is none of these types goes past the redactor.
  @Test
  void whatTransportsGetToSendHasBeenScrubbed() {
    Set<String> off = new TreeSet<>();
    for (Method method : Broker.class.getMethods()) {
      if (!SAFE_TO_SEND.contains(method.getReturnType())) {
        off.add("Broker." + method.getName() + " gives a " + method.getReturnType().getName());
      }
    }
    for (var answer : PARTED) {
      for (var part : answer.getRecordComponents()) {
        String type = part.getGenericType().getTypeName();
        boolean scrubbed =
            type.contains(Redacted.class.getName())
                || type.contains(RedactedFile.class.getName())
                || type.contains(Secret.class.getName()) // a new key, for its holder
                || type.contains(NextRound.class.getName()) // a seal, and an address of our own
                || type.contains(URI.class.getName()) // that address
                || SAFE_TO_SEND.contains(part.getType());
        if (!scrubbed) {
          off.add(answer.getSimpleName() + "." + part.getName() + " is a " + type);
        }
      }
    }

    assertEquals(Set.of(), off);
  }

  @Test
  void whoOpensASecretSaysSo() {
    Set<String> silent = new TreeSet<>();
    int open = 0;
    for (JavaAccess<?> access : CLASSES.get(Secret.class).getAccessesToSelf()) {
      boolean opens = access.getName().equals("use");
      JavaCodeUnit by = access.getOrigin();
      boolean own = by.getOwner().isEquivalentTo(Secret.class);
      if (opens && !own) {
        open++;
        if (!by.isAnnotatedWith(TouchesSecret.class)) {
          silent.add(by.getFullName());
        }
      }
    }

    assertEquals(Set.of(), silent);
    assertTrue(open > 5, "the rule sees " + open + " callers");
  }

  @Test
  void aSecretCannotBeSerialized() {
    assertFalse(Serializable.class.isAssignableFrom(Secret.class));
  }

  @Test
  void everyPackageSaysWhatItIsFor() {
    Set<String> silent = new TreeSet<>();
    for (String ours : MAP.keySet()) {
      try {
        Class<?> described = Class.forName(OURS + ours + ".package-info");
        if (!described.isAnnotationPresent(NullMarked.class)) {
          silent.add(ours);
        }
      } catch (ClassNotFoundException e) {
        silent.add(ours);
      }
    }

    assertEquals(Set.of(), silent);
  }

  @Test
  void nothingStaticChanges() {
    Set<String> changing = new TreeSet<>();
    for (JavaClass one : CLASSES) {
      one.getFields().stream()
          .filter(field -> field.getModifiers().contains(JavaModifier.STATIC))
          .filter(field -> !field.getModifiers().contains(JavaModifier.FINAL))
          .filter(field -> !field.getModifiers().contains(JavaModifier.SYNTHETIC))
          .forEach(field -> changing.add(field.getFullName()));
    }

    assertEquals(Set.of(), changing);
  }

  @Test
  void timeIsHandedIn() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.keyward.server.cli")
        .should()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .check(CLASSES);
  }

  private static Set<String> makers(Class<?> made) {
    return CLASSES.get(made).getConstructorCallsToSelf().stream()
        .map(call -> name(call.getOriginOwner()))
        .collect(toCollection(TreeSet::new));
  }

  private static String name(JavaClass of) {
    return of.getPackageName().substring(OURS.length());
  }

  private static Map.Entry<String, Set<String>> uses(String from, String... to) {
    return Map.entry(from, Set.of(to));
  }

  private static JavaClasses production() {
    String tests =
        ArchitectureTest.class.getProtectionDomain().getCodeSource().getLocation().toString();
    return new ClassFileImporter()
        .withImportOption(location -> !location.contains(tests.replaceFirst("^file:/*", "/")))
        .withImportOption(location -> !location.matches(TESTS_OF_OTHERS))
        .importPackages("dev.keyward");
  }
}
