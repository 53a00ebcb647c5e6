package dev.keyward.catalog;

/// JSON Pointers, RFC 6901.
final class Pointer {
  private Pointer() {}

  /// {@return the pointer to a field of the object at `at`}
  static String child(String at, String name) {
    return at + "/" + name.replace("~", "~0").replace("/", "~1");
  }

  /// {@return the pointer to an item of the array at `at`}
  static String child(String at, int index) {
    return at + "/" + index;
  }
}
