package dev.keyward.approvals.web;

import dev.keyward.call.PersonId;
import dev.keyward.redaction.Secret;
import java.net.URI;
import java.util.List;

/// Accounts of which there is none.
final class NoAccounts implements ConnectedAccounts {
  @Override
  public List<Account> accounts() {
    return List.of();
  }

  @Override
  public URI begin(String name, String session) {
    throw new IllegalArgumentException("there is no account here");
  }

  @Override
  public void finish(String state, Secret code, String session, PersonId by) {
    throw new IllegalArgumentException("there is no account here");
  }
}
