package dev.keyward.approvals;

import dev.keyward.call.Caller;
import dev.keyward.call.PassedHandle;
import dev.keyward.call.Tier;
import dev.keyward.call.ToolName;
import java.util.List;

/// What people are asked about. Every text in it is for people's eyes and is stored as given.
public sealed interface Subject {
  /// {@return who would act; without its lead, which the run has}
  Caller caller();

  /// {@return the tool that would act}
  ToolName tool();

  /// One call of one tool.
  ///
  /// @param title the tool's title, in the operator's words
  /// @param system the upstream's name, for example `crm`
  /// @param origin the upstream's origin, for example `https://crm.example`
  /// @param summary the line for reviewers, argument values inserted as text
  /// @param argumentsJson the canonical arguments, RFC 8785, in full
  /// @param handles the handles in them, in whose places the upstream gets values that nobody sees
  record Call(
      Caller caller,
      ToolName tool,
      String title,
      Tier tier,
      String system,
      String origin,
      String summary,
      String argumentsJson,
      List<PassedHandle> handles)
      implements Subject {
    /// Copies the list.
    public Call {
      caller = caller.alone();
      handles = List.copyOf(handles);
    }

    /// A call without handles.
    public Call(
        Caller caller,
        ToolName tool,
        String title,
        Tier tier,
        String system,
        String origin,
        String summary,
        String argumentsJson) {
      this(caller, tool, title, tier, system, origin, summary, argumentsJson, List.of());
    }

    /// {@return the same call with other arguments}
    Call with(String otherSummary, String otherArguments) {
      return new Call(caller, tool, title, tier, system, origin, otherSummary, otherArguments);
    }
  }

  /// {@return what a page shows: the call, or the request for more as if it were one}
  default Call shown() {
    return switch (this) {
      case Call call -> call;
      case Grant grant ->
          new Call(
              grant.caller,
              grant.tool,
              grant.title,
              grant.tier,
              "keyward",
              "this broker",
              grant.summary,
              grant.argumentsJson);
    };
  }

  /// More for a run than it was opened with, until a time.
  ///
  /// @param tool the broker's own, with which it was asked for
  /// @param title in the broker's words
  /// @param tier the highest of the tools that it would reach
  /// @param summary what it would allow, in the broker's words
  /// @param argumentsJson all of it in canonical form, the agent's reason included
  record Grant(
      Caller caller, ToolName tool, String title, Tier tier, String summary, String argumentsJson)
      implements Subject {
    /// Takes the caller alone.
    public Grant {
      caller = caller.alone();
    }
  }
}
