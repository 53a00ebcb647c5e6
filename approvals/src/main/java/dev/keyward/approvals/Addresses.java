package dev.keyward.approvals;

import dev.keyward.call.EmailAddress;
import dev.keyward.call.PersonId;
import java.util.List;
import java.util.Optional;

/// Who can be told by mail, and where.
public interface Addresses {
  /// {@return everybody with an address, in the roles of this moment and with what is lent to them}
  List<Person> reachable();

  /// {@return where this person reads mail; empty if that is not known, or they were removed}
  Optional<EmailAddress> address(PersonId person);
}
