package dev.keyward.redaction;

import dev.keyward.redaction.rules.Rules;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// What redaction costs, run by hand; the module's README says how.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 3, time = 2)
public class RedactionBenchmark {
  private static final String[] WORDS = {
    "the", "customer", "asked", "for", "a", "refund", "of", "the", "last", "invoice", "because",
    "its", "order", "came", "late", "and", "support", "answered", "with", "note", "about",
        "delivery"
  };

  /// The size of the value, in characters, about.
  @Param({"1000", "2000", "64000", "1000000"})
  public int size = 1000;

  /// How many secrets the broker holds.
  @Param({"0", "100", "10000"})
  public int held = 100;

  private final RandomGenerator random =
      RandomGeneratorFactory.of("L64X128MixRandom").create(20261120);
  private List<Secret> secrets = List.of();
  private KnownSecrets known = KnownSecrets.of(List.of());
  private JsonNode json = JsonNodeFactory.instance.nullNode();
  private String html = "";
  private String hostile = "";

  /// Makes the values.
  @Setup
  @TouchesSecret
  public void values() {
    secrets = IntStream.range(0, held).mapToObj(i -> Secret.of(letters(24))).toList();
    known = KnownSecrets.of(secrets);
    json = records();
    html =
        "<html><body>" + ("<p class=\"x\">" + sentence() + "</p>\n").repeat(size / 150) + "</body>";
    hostile = "token:".repeat(size / 6);
  }

  /// A list of records, with a secret every 40 KB.
  @Benchmark
  public Redacted json() {
    return new Redactor(() -> known, Rules::standard).scrub(json);
  }

  /// The same without rules.
  @Benchmark
  public Redacted jsonWithoutRules() {
    return new Redactor(() -> known).scrub(json);
  }

  /// A page.
  @Benchmark
  public Redacted html() {
    return new Redactor(() -> known, Rules::standard).scrub(html);
  }

  /// Text in which every word leads to a value.
  @Benchmark
  public Redacted hostile() {
    return new Redactor(() -> known, Rules::standard).scrub(hostile);
  }

  /// Compiling the held secrets anew.
  @Benchmark
  @TouchesSecret
  public KnownSecrets rebuild() {
    return KnownSecrets.of(secrets);
  }

  Redacted scrub(String text) {
    return new Redactor(() -> known, Rules::standard).scrub(text);
  }

  private JsonNode records() {
    ArrayNode all = JsonNodeFactory.instance.arrayNode();
    for (int length = 0, n = 0; length < size; n++) {
      var one =
          all.addObject()
              .put("id", 1_000_000 + random.nextInt(1_000_000))
              .put("customer", "cus_" + letters(14))
              .put("created", "2026-11-0" + (1 + random.nextInt(9)) + "T10:11:12Z")
              .put("url", "https://api.example.com/v1/items/" + random.nextInt(1_000_000))
              .put("amount", 1000 + random.nextInt(10_000))
              .put("paid", random.nextBoolean())
              .put("description", sentence());
      if (n % 130 == 100) {
        one.put("client_secret", letters(32));
      }
      length += one.toString().length();
    }
    return all;
  }

  private String sentence() {
    var words = new ArrayList<String>();
    for (int i = 0; i < 20; i++) {
      words.add(WORDS[random.nextInt(WORDS.length)]);
    }
    return String.join(" ", words);
  }

  private String letters(int count) {
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    var out = new StringBuilder();
    for (int i = 0; i < count; i++) {
      out.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return out.toString();
  }
}
