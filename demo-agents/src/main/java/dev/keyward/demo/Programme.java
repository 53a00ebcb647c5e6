package dev.keyward.demo;

import dev.keyward.demo.llm.LlmSettings;
import java.nio.file.Path;
import java.util.Optional;

/// What one run of the demo tells.
sealed interface Programme {
  /// The four stories.
  ///
  /// @param pause whether then to wait for a person to decide on the page
  record Stories(boolean pause) implements Programme {}

  /// An agent whose decisions a language model makes.
  ///
  /// @param task what the model is to do
  /// @param attended whether people at browsers decide; else the demo's own do
  /// @param transcript where to write everything down
  record Model(LlmSettings settings, String task, boolean attended, Optional<Path> transcript)
      implements Programme {}
}
