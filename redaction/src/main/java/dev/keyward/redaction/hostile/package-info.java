/// What in a text is aimed at whoever reads it: characters that nobody sees, and words that speak
/// to a model.
///
/// Called by the pipeline, for results. It removes no words: what talks to the model is told, and
/// whoever shows it puts a fence around it.
@NullMarked
package dev.keyward.redaction.hostile;

import org.jspecify.annotations.NullMarked;
