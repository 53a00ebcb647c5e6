package dev.keyward.server.unusual;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.keyward.call.ToolName;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What counts as unusual, told as stories.
final class DetectorsTest {
  private static final Instant NOW = Instant.parse("2026-11-20T12:30:00Z");
  private static final ToolName READ = new ToolName("crm.read_ticket");
  private static final ToolName NOTE = new ToolName("crm.add_note");
  private static final UnusualSettings SETTINGS =
      new UnusualSettings(Duration.ofHours(24), Map.of(), 3, Duration.ofMinutes(5), 3, 10, 4);

  private final Detectors detectors = new Detectors(SETTINGS);
  private final History history = new History();

  /// Each `before` is `what@how long ago`: `call`, `denied`, or the tool that was sent. What is
  /// found are detectors and what they counted.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a newcomer is new in everything        |                                                 "
            + " |",
        "a settled agent with its tool          | crm.add_note@48h call@24h                       "
            + " |",
        "the first use of a tool                | crm.read_ticket@48h call@24h                    "
            + " | first_tool 1",
        "the first use of a system              | erp.read@48h call@24h                           "
            + " | first_system 1",
        "not settled yet                        | crm.read_ticket@23h                             "
            + " |",
        "an odd hour, but not for a week          | crm.add_note@54h              " + " | ",
        "an hour in which nobody worked         | crm.add_note@246h                                "
            + " | odd_hour 1",
        "an hour earlier than usual             | crm.add_note@239h                                "
            + " |",
        "an hour later than usual               | crm.add_note@241h                                "
            + " |",
        "two writes before                      | crm.add_note@1m crm.add_note@2m                 "
            + " |",
        "three writes before                    | crm.add_note@1m crm.add_note@2m crm.add_note@3m "
            + " | write_burst 4",
        "reads are no writes                    | crm.read@1m crm.read@2m crm.read@3m             "
            + " |",
        "writes of long ago                     | crm.add_note@6m crm.add_note@7m crm.add_note@8m "
            + " |",
        "three denied calls                     | denied denied denied                            "
            + " |",
        "four denied calls                      | denied denied denied denied                     "
            + " | denied_streak 4",
        "a call that went through between       | denied denied denied crm.read@1m denied         "
            + " |",
      })
  void whatIsFound(String story, String before, String found) {
    for (String event : before == null ? new String[0] : before.split(" ")) {
      happen(event);
    }
    history.called(NOW);

    assertEquals(
        found == null ? List.of() : List.of(found),
        found(NOTE, true).map(f -> f.detector().wire() + " " + f.seen()).toList(),
        story);
  }

  @ParameterizedTest
  @CsvSource({"2, 10, false", "2, 11, true", "5, 15, false", "5, 16, true"})
  void volumeIsMeasuredAgainstItsOwnBusiestHour(int busiest, int now, boolean found) {
    happen("crm.add_note@48h");
    for (int i = 1; i < busiest; i++) {
      happen("call@48h");
    }
    for (int i = 0; i < now; i++) {
      history.called(NOW);
    }

    assertEquals(found, found(NOTE, false).anyMatch(f -> f.detector() == Detector.VOLUME));
  }

  @Test
  void aRecordOfANewKindIsFoundUntilOneWasTouched() {
    happen("crm.add_note@48h");
    happen("call@24h");
    history.sent(deed(NOTE, true, "ticket"), NOW.minus(Duration.ofHours(24)));
    Deed touching = deed(NOTE, false, "ticket", "charge");

    List<Finding> first = detectors.find(history, touching, NOW);
    history.sent(touching, NOW);

    assertEquals(List.of(new Finding(Detector.FIRST_RECORD, 1, 0, Reaction.RECORD)), first);
    assertEquals(List.of(), detectors.find(history, touching, NOW));
  }

  @Test
  void whatIsSwitchedOffIsNotLookedFor() {
    var silent =
        new UnusualSettings(
            SETTINGS.settledAfter(),
            Map.of(Detector.DENIED_STREAK, Reaction.OFF),
            3,
            SETTINGS.burstWithin(),
            3,
            10,
            1);
    history.denied();

    assertEquals(List.of(), new Detectors(silent).find(history, deed(READ, false), NOW));
  }

  @Test
  void aClockThatIsSetBackFindsNothingNew() {
    happen("crm.add_note@48h");
    happen("call@24h");
    history.called(NOW);

    List<Finding> found =
        detectors.find(history, deed(NOTE, true), NOW.minus(Duration.ofDays(400)));

    assertEquals(List.of(), found);
  }

  private Stream<Finding> found(ToolName tool, boolean writes) {
    return detectors.find(history, deed(tool, writes), NOW).stream();
  }

  private void happen(String event) {
    String[] parts = event.split("@", -1);
    Instant at = parts.length == 1 ? NOW : NOW.minus(Duration.parse("PT" + parts[1]));
    switch (parts[0]) {
      case "denied" -> history.denied();
      case "call" -> history.called(at);
      default -> {
        history.called(at);
        var tool = new ToolName(parts[0]);
        history.sent(deed(tool, tool.equals(NOTE)), at);
      }
    }
  }

  private static Deed deed(ToolName tool, boolean writes, String... kinds) {
    return new Deed(tool, "crm", writes, Set.of(kinds));
  }
}
