package dev.keyward.demo;

/// Something that the demo says is true, and whether it was.
///
/// @param story the title of the story it belongs to
/// @param sentence what is claimed
/// @param held whether it was seen to be so
/// @param got what was seen instead, without any value; empty if it held
public record Claim(String story, String sentence, boolean held, String got) {}
