package dev.keyward.store;

import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.ColonPrefixSqlParser;
import org.jdbi.v3.core.statement.SqlParser;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jdbi.v3.core.statement.StatementExceptions;
import org.jdbi.v3.core.statement.StatementExceptions.MessageRendering;
import org.jdbi.v3.core.statement.TemplateEngine;

/// How Jdbi behaves on every connection: transactions are not the caller's, exceptions hold no
/// arguments, and SQL is no template.
final class JdbiSettings {
  /// Parsing takes longer than most statements run: what one connection has parsed serves all.
  private static final SqlParser PARSER = new ColonPrefixSqlParser();

  private JdbiSettings() {}

  /// {@return the same Jdbi, set}
  static Jdbi on(Jdbi jdbi) {
    jdbi.setTransactionHandler(new NoTransactions());
    jdbi.getConfig(StatementExceptions.class).setMessageRendering(MessageRendering.NONE);
    jdbi.getConfig(SqlStatements.class).setSqlParser(PARSER).setTemplateEngine(TemplateEngine.NOP);
    return jdbi;
  }
}
