package dev.keyward.server.crash;

import dev.keyward.call.AgentId;
import dev.keyward.call.Arguments;
import dev.keyward.call.CallDigest;
import dev.keyward.call.Caller;
import dev.keyward.call.PersonId;
import dev.keyward.call.Recorded;
import dev.keyward.call.RunId;
import dev.keyward.call.ToolName;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.json.JsonMapper;

/// One thing that an agent wants done once. Its number is in its arguments, so that a request at
/// the upstream and a row of the database can be told to be this job's.
///
/// @param agent who wants it
/// @param repeats whether the agent asks again for what may have been done; people may then agree
///   to it a second time
record Job(int number, Kind kind, String agent, boolean repeats) {
  private static final Pattern NUMBER = Pattern.compile("job-([0-9]+)");

  /// What is asked for, and who has to agree.
  enum Kind {
    READ("desk.read_ticket"),
    FREE_WRITE("desk.tag_ticket"),
    CONFIRMED("desk.add_note"),
    DUAL("desk.refund");

    private final String tool;

    Kind(String tool) {
      this.tool = tool;
    }

    boolean writes() {
      return this != READ;
    }

    boolean asksPeople() {
      return this == CONFIRMED || this == DUAL;
    }
  }

  String tool() {
    return kind.tool;
  }

  String arguments() {
    return "{\"text\":\"job-" + number + "\"}";
  }

  /// {@return what the broker calls this deed in its table of writes}
  String action() {
    var caller =
        new Caller(
            new AgentId(agent),
            "any",
            "any",
            new PersonId("any"),
            new RunId("run_aaaaaaaaaaaaaaaaaaaaaaaaaa"),
            Optional.empty());
    return CallDigest.ofAction(
            caller,
            new ToolName(tool()),
            Recorded.plain(Arguments.of(JsonMapper.shared().readTree(arguments()))))
        .value();
  }

  /// {@return the job that `text` speaks of}
  static Optional<Integer> numberIn(String text) {
    Matcher found = NUMBER.matcher(text);
    return found.find() ? Optional.of(Integer.valueOf(found.group(1))) : Optional.empty();
  }
}
