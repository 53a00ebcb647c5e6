package dev.keyward.approvals;

import dev.keyward.call.Caller;
import dev.keyward.call.PassedHandle;
import dev.keyward.call.Tier;
import dev.keyward.call.ToolName;
import java.util.List;

/// What people are asked about. Every text in it is for people's eyes and is stored as given.
public sealed interface Subject {
  /// {@return who would act}
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
  }
}
