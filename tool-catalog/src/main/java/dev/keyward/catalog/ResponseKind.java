package dev.keyward.catalog;

import java.util.Locale;

/// What a tool's system answers with; any other type of content is of no use and is withheld.
public enum ResponseKind {
  JSON,
  TEXT,
  /// Read as text: the tags, comments and scripts of the page do not leave.
  HTML,
  /// Of any type, an image or an archive perhaps; [FileKinds] says what becomes of it.
  FILE;

  /// {@return the name in catalogs, for example `json`}
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// {@return the media types to ask the system for}
  String accept() {
    return switch (this) {
      case JSON -> "application/json";
      case TEXT -> "text/plain";
      case HTML -> "text/html";
      case FILE -> "*/*";
    };
  }
}
