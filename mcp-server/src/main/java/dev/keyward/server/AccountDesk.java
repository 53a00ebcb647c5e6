package dev.keyward.server;

import dev.keyward.approvals.web.ConnectedAccounts;
import dev.keyward.call.PersonId;
import dev.keyward.redaction.Secret;
import dev.keyward.server.credential.connection.ConnectionRow;
import dev.keyward.server.credential.connection.SqlConnections;
import dev.keyward.server.credential.mint.Accounts;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The accounts as the page connects them.
///
/// @param origin the pages', to which browsers come back
record AccountDesk(Accounts all, SqlConnections connections, URI origin)
    implements ConnectedAccounts {
  private static final String BACK = "/accounts/connected";

  @Override
  public List<Account> accounts() {
    Map<String, ConnectionRow> rows = new HashMap<>();
    connections.list().forEach(row -> rows.put(row.name(), row));
    return all.names().stream().map(name -> account(name, rows)).toList();
  }

  private Account account(String name, Map<String, ConnectionRow> rows) {
    Optional<ConnectionRow> row = Optional.ofNullable(rows.get(name));
    try {
      Accounts.Asked asked = all.asked(name);
      return new Account(
          name,
          asked.page(),
          row.map(ConnectionRow::scope).orElse(asked.scope()),
          row.map(ConnectionRow::connected),
          row.filter(ConnectionRow::lost).isPresent());
    } catch (Accounts.Refused e) {
      throw new IllegalStateException("the settings do not change", e);
    }
  }

  @Override
  public URI begin(String name, String session) {
    try {
      return all.begin(name, way(session)).page();
    } catch (Accounts.Refused e) {
      throw forThePerson(e);
    }
  }

  @Override
  public void finish(String state, Secret code, String session, PersonId by) {
    try {
      all.finish(way(session), state, code, Optional.of(by));
    } catch (Accounts.Refused e) {
      throw forThePerson(e);
    }
  }

  private Accounts.Way way(String session) {
    return new Accounts.Way(origin.resolve(BACK), session);
  }

  private static IllegalArgumentException forThePerson(Accounts.Refused why) {
    return new IllegalArgumentException(why.getMessage() + ".");
  }
}
