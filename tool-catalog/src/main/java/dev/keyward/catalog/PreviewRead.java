package dev.keyward.catalog;

import dev.keyward.call.Arguments;
import dev.keyward.call.ToolName;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The read that tells people who are asked about a call how things are before it. Immutable.
public final class PreviewRead {
  private final ToolName tool;
  private final List<RequestField> arguments;
  private final Set<String> needed;
  private final List<PreviewField> fields;

  /// @param tool a read of the same file
  /// @param arguments the read's arguments, each with where its value comes from
  /// @param needed those of them without which it cannot be called
  /// @param fields what of its result is shown
  PreviewRead(
      ToolName tool, List<RequestField> arguments, Set<String> needed, List<PreviewField> fields) {
    this.tool = tool;
    this.arguments = List.copyOf(arguments);
    this.needed = Set.copyOf(needed);
    this.fields = List.copyOf(fields);
  }

  /// {@return the read}
  public ToolName tool() {
    return tool;
  }

  /// {@return what of its result is shown}
  public List<PreviewField> fields() {
    return fields;
  }

  /// {@return the read's arguments for a call with these; empty where the call leaves out what the
  /// read cannot do without}
  public Optional<JsonNode> arguments(Arguments call) {
    ObjectNode read = JsonNodeFactory.instance.objectNode();
    for (RequestField argument : arguments) {
      JsonNode value = argument.value(call);
      if (!value.isMissingNode() && !value.isNull()) {
        read.set(argument.name(), value);
      } else if (needed.contains(argument.name())) {
        return Optional.empty();
      }
    }
    return Optional.of(read);
  }

  /// {@return the arguments of the call on which it depends what is read}
  public Set<String> reliesOn() {
    Set<String> names = new TreeSet<>();
    for (RequestField argument : arguments) {
      if (argument.source() instanceof RequestField.Source.Argument(var name)) {
        names.add(name);
      }
    }
    return names;
  }

  List<RequestField> arguments() {
    return arguments;
  }
}
