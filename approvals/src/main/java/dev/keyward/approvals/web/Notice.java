package dev.keyward.approvals.web;

/// A message at the top of a page, about the page or what it shows.
///
/// @param style `good`, `bad`, or empty for caution
/// @param urgent whether it is an alert, rather than a status
record Notice(String style, String sign, String title, String text, boolean urgent) {

  /// {@return that somebody or something says no}
  static Notice refused(String title, String text) {
    return new Notice("bad", "✕", title, text, true);
  }

  /// {@return that a form is not as it has to be, or cannot be done as it is}
  static Notice wrong(String title, String text) {
    return new Notice("bad", "!", title, text, true);
  }

  /// {@return that something is no longer as it was}
  static Notice beware(String title, String text) {
    return new Notice("", "!", title, text, true);
  }
}
