package dev.keyward.redaction.rules;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/// One rule as it is written down: what a kind of secret looks like, and where it stands.
///
/// @param id its name, `a-z 0-9 -`
/// @param type what it finds, `a-z 0-9 _`; several rules may share one
/// @param vendor who gives such secrets out, or empty
/// @param kind how it is read
/// @param keywords one of these must stand in the text, in whatever case; for a token with a
///   prefix, that
/// @param shape what the secret looks like; empty if it is judged by where it stands
/// @param lead the run that belongs to a token before its keyword
/// @param checksum what must hold, or does when it is genuine
/// @param value how a value without a shape is judged
/// @param distinct how many different characters it has at least
/// @param boundary whether letters and digits beside it speak against it
/// @param glued whether a keyword may follow letters without a border
/// @param on whether it is used
/// @param exempt values published as examples, which are no secrets
/// @param examples texts in which it finds something, `{}` marking where a token was split
/// @param counterExamples texts in which it finds nothing
record Rule(
    String id,
    String type,
    String vendor,
    Kind kind,
    List<String> keywords,
    Optional<Shape> shape,
    Optional<Lead> lead,
    Checksum checksum,
    SecretValue value,
    int distinct,
    boolean boundary,
    boolean glued,
    boolean on,
    Set<String> exempt,
    List<String> examples,
    List<String> counterExamples) {

  /// How a rule is read.
  enum Kind {
    /// A token that is known by its own shape.
    TOKEN,
    /// The value of something that a keyword names.
    CONTEXT,
    /// From a line that opens to a line that closes.
    BLOCK,
    /// The user information or a parameter of a URL.
    URL,
    /// A header of a request or answer.
    HEADER,
    /// What a person is known by; off unless asked for.
    PERSONAL
  }

  /// A run of characters before a keyword.
  record Lead(Alphabet alphabet, int min, int max) {}

  Rule {
    keywords = List.copyOf(keywords);
    exempt = Set.copyOf(exempt);
    examples = List.copyOf(examples);
    counterExamples = List.copyOf(counterExamples);
  }
}
