package dev.keyward.call;

import java.util.List;
import java.util.Optional;

/// The arguments of a call as they may be stored and shown, with digests of what stands for more.
///
/// @param arguments with handles as they are, and without secrets
/// @param handles the handles in them
/// @param secret a keyed digest of the arguments as they were, where a secret was left out
public record Recorded(Arguments arguments, List<PassedHandle> handles, Optional<String> secret) {
  /// Copies the list.
  public Recorded {
    handles = List.copyOf(handles);
  }

  /// {@return arguments that are stored as they are}
  public static Recorded plain(Arguments arguments) {
    return new Recorded(arguments, List.of(), Optional.empty());
  }

  /// {@return the canonical arguments with each handle's digest in its place: the same for the same
  /// values in whichever run}
  String values() {
    String text = arguments.canonical();
    for (PassedHandle handle : handles) {
      text = text.replace(handle.text(), handle.digest());
    }
    return text;
  }
}
