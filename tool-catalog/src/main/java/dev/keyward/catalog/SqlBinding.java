package dev.keyward.catalog;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// One statement for a PostgreSQL database, with a place for each argument. Immutable.
///
/// The statement's text is the catalog's alone. Arguments are bound to its places as typed values,
/// apart from the text, so no argument can become a part of it.
///
/// @param statement the text as the catalog has it, with `:name` in the places of arguments
/// @param parts the same text around these places, one more than there are places; a question mark
///   that is an operator's is doubled, as JDBC has it
/// @param places the arguments, in the order of the places; one may stand in several
/// @param database the database's name
/// @param tls how the connection is protected
/// @param authorities the file of the only authorities to trust, relative to the home folder;
///   absent: the JDK's
/// @param mostRows how many rows leave; what is beyond is left out and said so
public record SqlBinding(
    String statement,
    List<String> parts,
    List<SqlPlace> places,
    String database,
    Tls tls,
    Optional<Path> authorities,
    int mostRows)
    implements Binding {

  /// Copies the lists.
  public SqlBinding {
    parts = List.copyOf(parts);
    places = List.copyOf(places);
  }

  /// How a connection is protected.
  public enum Tls {
    /// Not at all: for loopback, or a network that is protected otherwise.
    DISABLE("disable"),
    /// The server's certificate is checked, but not its name.
    VERIFY_CA("verify-ca"),
    /// The server's certificate and its name are checked.
    VERIFY_FULL("verify-full");

    private final String wire;

    Tls(String wire) {
      this.wire = wire;
    }

    /// {@return the word in catalogs}
    public String wire() {
      return wire;
    }
  }
}
