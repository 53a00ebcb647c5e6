package dev.keyward.catalog;

import dev.keyward.call.Tier;

/// One tool as a file has it, beside the file's defaults.
///
/// @param file the whole file
/// @param tool the tool's own part
/// @param tier its tier
record ToolParts(Part file, Part tool, Tier tier) {

  Part request() {
    return tool.get("request");
  }

  /// {@return the tool's own part of this name, or the file's}
  Part own(String name) {
    return tool.getOr(name, file);
  }

  Part credential() {
    return own("credential");
  }
}
