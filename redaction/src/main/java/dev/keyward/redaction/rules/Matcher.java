package dev.keyward.redaction.rules;

import dev.keyward.redaction.exact.View;

/// Looks at the surroundings of a keyword, by one rule.
interface Matcher {
  /// Reports what the keyword from `from` to before `to` leads to.
  void match(Scan scan, int from, int to);

  /// {@return whether [#match] is worth asking, quickly and a little too often}
  default boolean mayMatch(View text, int from, int to) {
    return true;
  }

  /// {@return the matcher for `rule`}
  static Matcher of(Rule rule) {
    return switch (rule.kind()) {
      case TOKEN, PERSONAL ->
          rule.shape().isPresent() && rule.lead().isEmpty() && rule.shape().get().prefix().isEmpty()
              ? new ContextMatcher(rule)
              : new TokenMatcher(rule);
      case CONTEXT -> new ContextMatcher(rule);
      case BLOCK -> new BlockMatcher(rule);
      case URL -> new UrlMatcher(rule);
      case HEADER -> new HeaderMatcher(rule);
    };
  }
}
