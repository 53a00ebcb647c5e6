package dev.keyward.server.condition;

import dev.keyward.call.Arguments;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The arguments of one call, for a vocabulary of arguments: as `args.ticket_id` and as
/// `ticket_id`.
public final class ArgumentFacts implements Facts {
  private final Map<?, ?> fields;
  private final int weight;

  /// Reads the arguments.
  public ArgumentFacts(Arguments arguments) {
    this.fields = (Map<?, ?>) JsonValue.of(arguments.json());
    this.weight = arguments.canonical().length();
  }

  @Override
  public Optional<Object> value(String name) {
    return name.equals("args") ? Optional.of(fields) : Optional.ofNullable(fields.get(name));
  }

  @Override
  public int weight(String name) {
    return weight;
  }

  @Override
  public Object call(String function, List<Object> arguments) {
    throw new IllegalStateException("this vocabulary has no functions");
  }
}
