package dev.keyward.catalog;

import java.util.List;
import java.util.Set;

/// What is done about the texts of a tool's results beyond taking secrets out.
///
/// @param personal types of personal data that are taken out wherever they are found, besides those
///   of the broker's settings
/// @param personalFields paths, as in a [Projection], of fields that are personal data and never
///   leave
/// @param unseen what becomes of characters that nobody sees
/// @param fenced whether texts that speak to the model are fenced; they are flagged in any case
/// @param files what becomes of files, where the tool answers with such
public record ResultCare(
    Set<String> personal,
    List<String> personalFields,
    UnseenText unseen,
    boolean fenced,
    FileKinds files) {
  /// What holds for a tool that says nothing.
  public static final ResultCare DEFAULT =
      new ResultCare(Set.of(), List.of(), UnseenText.DROP, true, FileKinds.DESCRIBED);

  /// What becomes of characters that nobody sees, or that turn text around.
  public enum UnseenText {
    /// They are left out.
    DROP,
    /// They are written as escapes.
    SHOW,
    /// They stay.
    KEEP
  }

  /// Copies both collections.
  public ResultCare {
    personal = Set.copyOf(personal);
    personalFields = List.copyOf(personalFields);
  }
}
