package dev.keyward.approvals.web;

import dev.keyward.call.PersonId;
import java.time.Instant;
import java.util.List;

/// The kill switch as an administrator's page works it. Thread-safe; blocks.
///
/// What is stopped is named by a kind (`all`, `agent`, `run`, `tool` or `target`) and a name, which
/// is empty for `all`.
public interface StopSwitch {
  /// A stop in force.
  ///
  /// @param by a person's name, or `operator`
  /// @param why in that person's words, without secrets; may be empty
  record Stopped(String kind, String name, Instant since, String by, String why) {}

  /// Something that can be stopped.
  record Choice(String kind, String name) {}

  /// {@return what is stopped, the oldest first}
  List<Stopped> stopped();

  /// {@return what is known here and can be stopped by itself, kind by kind}
  List<Choice> choices();

  /// Stops it; what is stopped already stays so.
  ///
  /// @throws IllegalArgumentException if no such thing can be; the message is for the person
  void stop(String kind, String name, String why, PersonId by);

  /// Lets it go on.
  ///
  /// @throws IllegalArgumentException if it is not stopped; the message is for the person
  void resume(String kind, String name, PersonId by);
}
