package dev.keyward.server.cli;

import dev.keyward.server.audit.AuditVerifier;
import dev.keyward.server.audit.Verification;
import dev.keyward.server.audit.VerifierKey;
import dev.keyward.server.config.Home;
import dev.keyward.server.control.Backup;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `backup`: a copy of the home folder to restore from.
@Command(
    name = "backup",
    mixinStandardHelpOptions = true,
    description = {
      "Copies the home folder, as of one moment, into a new folder, and checks the record in it.",
      "Works beside a running broker and without one. master.key and audit.key are left out: keep"
          + " copies of those two elsewhere. Exit code 4 if the record is not whole."
    })
final class BackupCommand implements Callable<Integer> {
  @Mixin private HomeOption home = new HomeOption();

  @Parameters(paramLabel = "FOLDER", description = "Made by this command; must not exist")
  private Path folder = Path.of("");

  @Override
  public Integer call() throws IOException {
    Backup backup = Backup.take(home.home(), folder);
    System.out.println("Backed up to " + backup.folder());
    System.out.println("Not in it: master.key and audit.key; keep copies of those two elsewhere.");
    if (!backup.withDatabase()) {
      System.out.println("Not in it: the database, which is no file of this home; dump it apart.");
      return 0;
    }
    var known = Optional.of(VerifierKey.read(new Home(backup.folder()).auditPublicKey()));
    Verification record =
        AuditVerifier.verify(backup.database(), Optional.of(backup.checkpoints()), known);
    System.out.println(
        record.records()
            + " records; "
            + (record.intact()
                ? "the record is whole."
                : "the record is NOT whole: run keyward audit verify"));
    return record.intact() ? 0 : Main.FOUND_SOMETHING;
  }
}
