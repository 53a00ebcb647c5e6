import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/// Reads the reports that the tests left and says what ran: `Suites.java ROOT EXPECTED-SKIPS`.
///
/// Fails, with exit code 1, if a test failed, if a module with tests or a suite with a name here
/// ran none, if a test was skipped that the list does not name, or if the list names one that was
/// not skipped. Its last line is `N passed, N failed, N skipped`.
///
/// Runs on any JDK from 17 on, since it runs before a JDK 25 has been looked for.
public final class Suites {
  /// Test classes that need a program from outside or are run for long, which stand for themselves
  /// in the summary.
  private static final Map<String, String> SUITES =
      Map.ofEntries(
          Map.entry("dev.keyward.demo.ConformanceTest", "conformance"),
          Map.entry("dev.keyward.demo.InspectorTest", "MCP Inspector"),
          Map.entry("dev.keyward.demo.TypeScriptClientTest", "TypeScript SDK"),
          Map.entry("dev.keyward.server.KeycloakTest", "Keycloak"),
          Map.entry("dev.keyward.server.crash.DiskFullTest", "disk full"),
          Map.entry("dev.keyward.server.crash.FirstStartKillTest", "kill -9, start"),
          Map.entry("dev.keyward.server.crash.FsyncOrderTest", "fsync order"),
          Map.entry("dev.keyward.server.crash.PostgresDiskFullTest", "disk full, PG"),
          Map.entry("dev.keyward.server.crash.PostgresKillTest", "kill -9, PG"),
          Map.entry("dev.keyward.server.crash.SqliteKillTest", "kill -9, SQLite"),
          Map.entry("dev.keyward.server.crash.TwoBrokersTest", "two brokers, PG"),
          Map.entry("dev.keyward.redaction.CoverageFuzzTest", "fuzz"),
          Map.entry("dev.keyward.redaction.RedactionFuzzTest", "fuzz"),
          Map.entry("dev.keyward.server.transport.WireFuzzTest", "fuzz"),
          Map.entry("dev.keyward.demo.ApprovalPageBrowserTest", "browser"));

  private static final PrintStream OUT = System.out;

  private final Map<String, Count> counts = new LinkedHashMap<>();
  private final Set<String> skipped = new TreeSet<>();
  private final List<String> problems = new ArrayList<>();

  private Suites() {}

  private static final class Count {
    int passed;
    int failed;
    int skipped;
    double seconds;

    String words() {
      return passed + " passed, " + failed + " failed, " + skipped + " skipped";
    }
  }

  /// Reads, prints and ends.
  public static void main(String[] arguments) throws Exception {
    Suites suites = new Suites();
    Path root = Path.of(arguments[0]);
    for (Path module : modulesWithTests(root)) {
      suites.readModule(module);
    }
    suites.requireEach();
    suites.compare(expected(Path.of(arguments[1])));
    suites.print();
    System.exit(suites.problems.isEmpty() ? 0 : 1);
  }

  private void readModule(Path module) throws Exception {
    String name = String.valueOf(module.getFileName());
    counts.put(name, new Count());
    int before = ran();
    Path reports = module.resolve("target/surefire-reports");
    if (Files.isDirectory(reports)) {
      for (Path report : sorted(reports)) {
        if (String.valueOf(report.getFileName()).matches("TEST-.*\\.xml")) {
          readReport(name, report);
        }
      }
    }
    if (ran() == before) {
      problems.add(name + " has tests, and none ran");
    }
  }

  private int ran() {
    return counts.values().stream().mapToInt(count -> count.passed + count.failed).sum();
  }

  private void readReport(String module, Path report) throws Exception {
    Element suite =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(report.toFile())
            .getDocumentElement();
    NodeList cases = suite.getElementsByTagName("testcase");
    for (int i = 0; i < cases.getLength(); i++) {
      readCase(module, (Element) cases.item(i));
    }
  }

  private void readCase(String module, Element test) {
    String type = test.getAttribute("classname");
    Count count = counts.computeIfAbsent(SUITES.getOrDefault(type, module), name -> new Count());
    // A parameterized test is reported as method(Type)[1].
    String method = test.getAttribute("name").replaceFirst("[^\\p{Alnum}_$].*", "");
    String time = test.getAttribute("time").replace(",", "");
    count.seconds += time.isEmpty() ? 0 : Double.parseDouble(time);
    if (has(test, "failure") || has(test, "error")) {
      count.failed++;
      problems.add("failed: " + type + "#" + test.getAttribute("name"));
    } else if (has(test, "skipped")) {
      count.skipped++;
      skipped.add(type + "#" + method);
    } else {
      count.passed++;
    }
  }

  private void requireEach() {
    new TreeSet<>(SUITES.values())
        .stream()
            .filter(suite -> !counts.containsKey(suite))
            .forEach(suite -> problems.add("none of these tests ran: " + suite));
  }

  private void compare(Set<String> expected) {
    for (String test : skipped) {
      if (!expected.contains(test)) {
        problems.add("skipped, and .ci/expected-skips does not list it: " + test);
      }
    }
    for (String test : expected) {
      if (!skipped.contains(test)) {
        problems.add("listed in .ci/expected-skips, and not skipped: " + test);
      }
    }
  }

  private void print() {
    problems.forEach(problem -> OUT.println("PROBLEM  " + problem));
    Count all = new Count();
    counts.forEach(
        (name, count) -> {
          all.passed += count.passed;
          all.failed += count.failed;
          all.skipped += count.skipped;
          OUT.printf(Locale.ROOT, "%-16s %s, %.1f s%n", name, count.words(), count.seconds);
        });
    OUT.println(all.words());
  }

  private static boolean has(Element test, String child) {
    return test.getElementsByTagName(child).getLength() > 0;
  }

  private static List<Path> modulesWithTests(Path root) throws IOException {
    return sorted(root).stream()
        .filter(module -> Files.isRegularFile(module.resolve("pom.xml")))
        .filter(module -> Files.isDirectory(module.resolve("src/test/java")))
        .toList();
  }

  /// One test per line, `class#method reason`; `#` begins a comment at the start of a line.
  private static Set<String> expected(Path list) throws IOException {
    Set<String> tests = new LinkedHashSet<>();
    for (String line : Files.readAllLines(list)) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      String[] parts = line.split("\\s+", 2);
      if (parts.length < 2 || !parts[0].contains("#") || !tests.add(parts[0])) {
        throw new IllegalArgumentException(
            list + ": a line must be `class#method  reason`, each test once: " + line);
      }
    }
    return tests;
  }

  private static List<Path> sorted(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted(Comparator.comparing(Path::toString)).toList();
    }
  }
}
