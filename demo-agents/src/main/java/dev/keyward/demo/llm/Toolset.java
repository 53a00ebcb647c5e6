package dev.keyward.demo.llm;

import java.util.List;
import java.util.Map;

/// The tools that the agent has in its hands.
public interface Toolset {
  /// {@return the tools, in a fixed order}
  List<Offer> offers();

  /// Calls one and waits for what comes of it. Many threads at once.
  ///
  /// @param tool by its name at the broker
  Outcome call(String tool, Map<String, Object> arguments);
}
