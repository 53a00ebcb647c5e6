package dev.keyward.server.crash;

import dev.keyward.server.audit.AuditVerifier;
import dev.keyward.server.audit.Verification;
import dev.keyward.server.audit.VerifierKey;
import dev.keyward.server.config.Home;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Optional;

/// The file in the home folder.
record SqliteEngine(Home home) implements Engine {
  @Override
  public String name() {
    return "sqlite";
  }

  @Override
  public String settings() {
    return "";
  }

  @Override
  public Connection connect() throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + home.database());
  }

  @Override
  public Verification verify() throws IOException {
    return AuditVerifier.verify(
        home.database(),
        Optional.of(home.folder().resolve("checkpoints.txt")),
        Optional.of(VerifierKey.read(home.auditPublicKey())));
  }
}
