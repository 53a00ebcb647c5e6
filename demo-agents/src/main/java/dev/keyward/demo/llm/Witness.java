package dev.keyward.demo.llm;

/// Sees everything that the agent does, one thing after another.
public interface Witness {
  /// The model is asked what to do next, for the `turn`th time.
  void turn(int turn);

  /// The model said something.
  void said(String text);

  /// A call came to its end; those of one turn come in the order in which the model wrote them.
  void called(FunctionCall call, Outcome outcome);
}
