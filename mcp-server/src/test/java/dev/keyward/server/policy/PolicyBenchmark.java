package dev.keyward.server.policy;

import dev.keyward.catalog.ToolCall;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.function.IntConsumer;

/// What a decision costs in processor time, and reading a file of rules; run by hand, the module's
/// README says how.
///
/// All rules are about the tool and all their conditions are evaluated: the dearest case.
final class PolicyBenchmark {
  private static final int ROUNDS = 9;
  private static final int WARM = 6;

  private PolicyBenchmark() {}

  /// Prints the figures.
  ///
  /// @param arguments how many milliseconds each round takes at least; default 400
  public static void main(String[] arguments) {
    long millis = arguments.length > 0 ? Long.parseLong(arguments[0]) : 400;
    long begun = cpuNanos();
    TestCalls.rules(text(1));
    System.out.printf("first rule ever read  %8.0f us%n", (cpuNanos() - begun) / 1e3);
    for (int rules : new int[] {10, 50, 500}) {
      String text = text(rules);
      begun = cpuNanos();
      Rules read = TestCalls.rules(text);
      System.out.printf("%4d rules  first read %8.0f us%n", rules, (cpuNanos() - begun) / 1e3);
      measure(rules + " rules  read again", 1, millis, _ -> TestCalls.rules(text));
      RulePolicy policy = policy(read);
      ToolCall[] calls = calls();
      measure(rules + " rules  decide", 100, millis, i -> policy.decide(calls[i % calls.length]));
    }
    RulePolicy none = policy(TestCalls.rules("rules: {}"));
    ToolCall[] calls = calls();
    measure("no rules  decide", 100, millis, i -> none.decide(calls[i % calls.length]));
  }

  /// What this thread has used, so that others on the machine count less.
  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static void measure(String what, int batch, long millis, IntConsumer once) {
    double[] micros = new double[ROUNDS];
    for (int round = 0; round < WARM + ROUNDS; round++) {
      long begun = cpuNanos();
      int done = 0;
      while (cpuNanos() - begun < millis * 1_000_000) {
        for (int i = 0; i < batch; i++) {
          once.accept(done++);
        }
      }
      if (round >= WARM) {
        micros[round - WARM] = (cpuNanos() - begun) / 1e3 / done;
      }
    }
    Arrays.sort(micros);
    System.out.printf("%-28s %10.2f us  (least %.2f)%n", what, micros[ROUNDS / 2], micros[0]);
  }

  private static RulePolicy policy(Rules rules) {
    InstantSource noon = InstantSource.fixed(Instant.parse("2026-11-20T12:00:00Z"));
    return new RulePolicy(() -> rules, false, RunFacts.NONE, new NoHistory(), noon);
  }

  private static ToolCall[] calls() {
    ToolCall[] calls = new ToolCall[64];
    for (int i = 0; i < calls.length; i++) {
      calls[i] =
          TestCalls.call(
              TestCalls.caller("a1"),
              "crm.add_note",
              "{\"ticket_id\":\"" + i + "\",\"text\":\"Called.\",\"amount\":" + i + "}");
    }
    return calls;
  }

  private static String text(int rules) {
    var text = new StringBuilder("time_zone: Europe/Berlin\nrules:\n");
    for (int i = 0; i < rules; i++) {
      text.append("  r").append(i).append(": {effect: ").append(i % 2 == 0 ? "review" : "confirm");
      text.append(", tools: [crm.add_note], when: '").append(condition(i)).append("'}\n");
    }
    return text.toString();
  }

  private static String condition(int i) {
    return switch (i % 5) {
      case 0 -> "args.amount > " + (1000 + i) + " && agent.type == \"triage\"";
      case 1 -> "agent.workspace == \"w" + i + "\" || args.ticket_id == \"x" + i + "\"";
      case 2 -> "delegator.verified && delegator.person == \"p" + i + "\"";
      case 3 -> "time.hour > 22 && args.amount <= " + i;
      default -> "args.ticket_id in [\"a\", \"b\", \"c" + i + "\"]";
    };
  }
}
