package dev.keyward.server.pipeline;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.keyward.catalog.SchemaCheck;
import dev.keyward.catalog.Tool;
import dev.keyward.redaction.Redacted;
import java.util.Optional;

/// Makes a scrubbed answer fit the tool's output schema again, or says that it does not.
///
/// A scrubbed value that the schema does not admit becomes null if it may, is dropped if it may be
/// absent, and else there is no answer. Thread-safe.
final class OutputFit {
  private static final int SCHEMAS = 1_000;

  private final Cache<String, SchemaCheck> schemas =
      Caffeine.newBuilder().maximumSize(SCHEMAS).build();

  /// {@return `answer` as it may be shown; empty if it breaks the schema}
  Optional<Redacted> fit(Tool tool, Redacted answer) {
    SchemaCheck schema = schema(tool);
    if (fits(schema, answer)) {
      return Optional.of(answer);
    }
    Redacted narrowed = answer;
    for (String at : answer.scrubbedAt()) {
      narrowed = narrow(schema, narrowed, at);
    }
    return Optional.of(narrowed).filter(left -> fits(schema, left));
  }

  /// {@return whether `answer` is as the tool's schema says}
  boolean fits(Tool tool, Redacted answer) {
    return fits(schema(tool), answer);
  }

  private SchemaCheck schema(Tool tool) {
    return schemas.get(tool.digest(), _ -> new SchemaCheck(tool.outputSchema().orElseThrow()));
  }

  private static Redacted narrow(SchemaCheck schema, Redacted answer, String at) {
    if (admits(schema, answer, at)) {
      return answer;
    }
    Redacted withNull = answer.withNull(at);
    return admits(schema, withNull, at) ? withNull : answer.without(at);
  }

  private static boolean admits(SchemaCheck schema, Redacted answer, String at) {
    return schema.check(answer.json()).noneMatch(broken -> broken.at().equals(at));
  }

  private static boolean fits(SchemaCheck schema, Redacted answer) {
    return schema.check(answer.json()).findFirst().isEmpty();
  }
}
