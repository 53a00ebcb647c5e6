package dev.keyward.demo.llm;

/// A call that the model asks for, as it wrote it.
///
/// @param id by which the model knows the answer
/// @param name of the function; not checked
/// @param arguments JSON, or what the model took for it
public record FunctionCall(String id, String name, String arguments) {}
