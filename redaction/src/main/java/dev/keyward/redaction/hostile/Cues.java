package dev.keyward.redaction.hostile;

import dev.keyward.redaction.exact.Skeleton;
import dev.keyward.redaction.rules.Keywords;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The signs that a text speaks to the model that reads it: that it wants earlier instructions
/// forgotten, gives itself a role, asks for secrecy or for a tool to be called.
///
/// Deterministic: words in an order, close together, over the letters and digits of a text, so that
/// spacing, case, invisible characters and look-alikes do not help. It proves nothing and removes
/// nothing. Immutable and safe for all threads.
public final class Cues {
  private static final int SHORTEST = 6; // some languages need few characters
  private static final Cues STANDARD = read();

  /// One sign: words of each group in a row, each at most so many letters after the one before.
  private record Cue(String id, int groups, int gap) {}

  private final List<Cue> cues;
  private final Keywords words;
  private final int[] cueOf;
  private final int[] groupOf;
  private final List<String> marks;

  private Cues(JsonNode file) {
    var all = new ArrayList<Cue>();
    var keywords = new ArrayList<String>();
    var cueNumbers = new ArrayList<Integer>();
    var groupNumbers = new ArrayList<Integer>();
    for (JsonNode each : file.path("cues")) {
      JsonNode groups = each.path("words");
      for (int group = 0; group < groups.size(); group++) {
        for (JsonNode word : groups.get(group)) {
          Skeleton letters = Skeleton.of(word.stringValue());
          keywords.add(new String(letters.chars(), 0, letters.length()));
          cueNumbers.add(all.size());
          groupNumbers.add(group);
        }
      }
      all.add(new Cue(each.path("id").asString(""), groups.size(), each.path("gap").asInt(24)));
    }
    cues = List.copyOf(all);
    words = new Keywords(keywords);
    cueOf = cueNumbers.stream().mapToInt(Integer::intValue).toArray();
    groupOf = groupNumbers.stream().mapToInt(Integer::intValue).toArray();
    var literal = new ArrayList<String>();
    file.path("marks").forEach(mark -> literal.add(mark.stringValue()));
    marks = List.copyOf(literal);
  }

  /// {@return the ids of the signs in `text`, in order of the alphabet}
  public static List<String> in(String text) {
    return STANDARD.found(text);
  }

  private List<String> found(String text) {
    if (text.length() < SHORTEST) {
      return List.of();
    }
    var found = new TreeSet<String>();
    Skeleton letters = Skeleton.of(text);
    var reached = new int[cues.size()][]; // by group: where the last word of it ended
    words.search(
        letters.chars(),
        letters.length(),
        (number, end) -> {
          Cue cue = cues.get(cueOf[number]);
          int[] ends = reached[cueOf[number]];
          if (ends == null) {
            ends = new int[cue.groups()];
            Arrays.fill(ends, -1);
            reached[cueOf[number]] = ends;
          }
          int group = groupOf[number];
          int start = end - words.length(number);
          boolean goesOn =
              group == 0 || (ends[group - 1] >= 0 && start - ends[group - 1] <= cue.gap());
          if (goesOn && (group == 0 || start >= ends[group - 1])) {
            ends[group] = end;
            if (group == cue.groups() - 1) {
              found.add(cue.id());
            }
          }
        });
    if (isMarked(text)) {
      found.add("markers");
    }
    return List.copyOf(found);
  }

  /// The signs by which models tell who speaks have no place in data.
  private boolean isMarked(String text) {
    if (text.indexOf('<') < 0 && text.indexOf('[') < 0 && text.indexOf('\n') < 0) {
      return false;
    }
    String lower = text.toLowerCase(Locale.ROOT);
    return marks.stream().anyMatch(lower::contains);
  }

  private static Cues read() {
    try (InputStream in = Cues.class.getResourceAsStream("cues.json")) {
      return new Cues(JsonMapper.shared().readTree(in));
    } catch (IOException cannotBe) {
      throw new UncheckedIOException("the jar has no cues.json", cannotBe);
    }
  }
}
