package dev.keyward.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.redaction.TouchesSecret;
import dev.keyward.server.config.ConfigFile;
import dev.keyward.server.config.DatabaseConfig;
import dev.keyward.server.config.Home;
import dev.keyward.store.PostgresSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A wrong database setting stops the start with one line that names field and rule, never a value.
final class DatabaseSettingsTest {
  private static final String PASSWORD = "pg-secret-81fQz";

  @TempDir Path folder;
  private Home home;

  @BeforeEach
  void make() throws Exception {
    home = new Home(folder.resolve("home"));
    TestBroker.make(home);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "url: mysql://h/d | /database/url: must be postgresql://host:port/database",
        "url: postgresql://h | /database/url: must be postgresql://host:port/database",
        "url: 'postgresql://u:pg-secret-81fQz@h/d' | /database/url: must not hold a password",
        "url: 'postgresql://h/d?password=pg-secret-81fQz' | /database/url: may have sslmode and",
        "user: keyward | /database/url: is required",
        "'url: postgresql://h/d, password: pg-secret-81fQz' | /database/password: ",
        "'url: postgresql://h/d, tls: prefer' | /database/tls: ",
        "'url: postgresql://h/d, tls_ca: none.pem' | /database/tls_ca: must name a file",
        "'url: postgresql://h/d, password_file: f, password_env: E' | /database/password_env: must not",
      })
  void aWrongSettingIsNamed(String settings, String said) throws Exception {
    write(settings);

    CannotStart thrown =
        assertThrows(
            CannotStart.class, () -> Keyward.open(home, Mode.SERVE, InstantSource.system()));

    String message = String.valueOf(thrown.getMessage());
    assertTrue(message.startsWith("config.yaml, line 1, " + said.strip()), message);
    assertFalse(message.contains(PASSWORD), message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "password_env: NOT_SET_ANYWHERE | /database/password_env: the environment has no variable",
        "password_file: none | /database/password_file: ",
        "password_file: empty | /database/password_file: ",
      })
  void aPasswordThatIsNotThereIsNamed(String place, String said) throws Exception {
    Files.writeString(home.folder().resolve("empty"), "");
    write("url: postgresql://127.0.0.1:1/d, " + place);

    CannotStart thrown =
        assertThrows(
            CannotStart.class, () -> Keyward.open(home, Mode.SERVE, InstantSource.system()));

    String message = String.valueOf(thrown.getMessage());
    assertTrue(message.startsWith("config.yaml, " + said.strip()), message);
  }

  @Test
  void aServerThatIsNotThereIsNamed() throws Exception {
    write("url: postgresql://127.0.0.1:1/d");

    CannotStart thrown =
        assertThrows(
            CannotStart.class, () -> Keyward.open(home, Mode.SERVE, InstantSource.system()));

    assertEquals("the database at 127.0.0.1:1 cannot be reached", thrown.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "postgresql://db.example.com/k, VERIFY_FULL",
    "postgresql://127.0.0.1/k, DISABLE",
    "jdbc:postgresql://localhost:5433/k, DISABLE",
    "postgres://db.example.com/k?sslmode=require, REQUIRE"
  })
  void theConnectionIsCheckedUnlessItStaysHere(String url, PostgresSettings.Tls tls)
      throws Exception {
    write("url: '" + url + "'");

    assertEquals(tls, database().address().tls());
  }

  @Test
  @TouchesSecret
  void thePasswordIsReadFromItsPlaceAndPrintedNowhere() throws Exception {
    Files.writeString(home.folder().resolve("pw"), PASSWORD + "\nanother line\n");
    write("url: postgresql://h/d, password_file: pw");
    PostgresSettings fromFile = database().settings("w", Map.of());
    write("url: postgresql://h/d, password_env: PW");
    PostgresSettings fromVariable = database().settings("w", Map.of("PW", PASSWORD));

    assertEquals(PASSWORD, fromFile.password().orElseThrow().<String>use(text -> text));
    assertEquals(PASSWORD, fromVariable.password().orElseThrow().<String>use(text -> text));
    assertFalse(fromFile.toString().contains(PASSWORD));
  }

  private DatabaseConfig database() throws Exception {
    return ConfigFile.read(home).database().orElseThrow();
  }

  private void write(String settings) throws Exception {
    Files.writeString(home.config(), "database: {" + settings + "}\n");
  }
}
