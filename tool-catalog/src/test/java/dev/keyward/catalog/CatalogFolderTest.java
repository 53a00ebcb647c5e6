package dev.keyward.catalog;

import static dev.keyward.catalog.Samples.CRM;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CatalogFolderTest {
  private static final String SHOP = CRM.replace("system: crm", "system: shop");
  private static final String BROKEN = CRM.replace("tier: read", "tier: root");

  @TempDir Path parent;

  @Test
  void allFilesOfTheFolderAreOneCatalog() throws IOException {
    write("crm.yaml", CRM);
    write("shop.yml", SHOP);
    write("notes.txt", "not a catalog");
    write(".hidden.yaml", BROKEN);

    try (var folder = CatalogFolder.open(parent)) {
      assertEquals(List.of("crm.read_ticket", "shop.read_ticket"), names(folder));
      assertEquals(List.of(), folder.problems());
    }
  }

  @Test
  void aToolIsFoundByEitherFormOfItsName() throws IOException {
    write("crm.yaml", CRM);

    try (var folder = CatalogFolder.open(parent)) {
      ToolCatalog catalog = folder.current();
      assertEquals(catalog.find("crm.read_ticket"), catalog.find("crm_read_ticket"));
      assertTrue(catalog.find("crm.read_ticket").isPresent());
      assertTrue(catalog.find("crm.read-ticket").isEmpty());
    }
  }

  @Test
  void aBrokenFileNeverTakesTheOthersDown() throws IOException {
    write("crm.yaml", BROKEN);
    write("shop.yaml", SHOP);

    try (var folder = CatalogFolder.open(parent)) {
      assertEquals(List.of("shop.read_ticket"), names(folder));
      assertEquals(
          List.of(
              new CatalogProblem(
                  "crm.yaml",
                  8,
                  "tools.read_ticket.tier",
                  "must be one of read, write, dangerous_write")),
          folder.problems());
    }
  }

  @Test
  void theLastGoodVersionOfABrokenFileStays() throws IOException {
    write("crm.yaml", CRM);
    try (var folder = CatalogFolder.open(parent)) {
      ToolCatalog good = folder.current();

      write("crm.yaml", BROKEN);
      folder.reload();
      folder.reload();

      assertSame(good, folder.current());
      assertEquals(1, folder.problems().size());
    }
  }

  @Test
  void aMendedFileCounts() throws IOException {
    write("crm.yaml", BROKEN);
    try (var folder = CatalogFolder.open(parent)) {
      write("crm.yaml", CRM);
      folder.reload();

      assertEquals(List.of("crm.read_ticket"), names(folder));
      assertEquals(List.of(), folder.problems());
    }
  }

  @Test
  void aDeletedFileTakesItsToolsWithIt() throws IOException {
    write("crm.yaml", CRM);
    write("shop.yaml", SHOP);
    try (var folder = CatalogFolder.open(parent)) {
      Files.delete(parent.resolve("crm.yaml"));
      folder.reload();

      assertEquals(List.of("shop.read_ticket"), names(folder));
    }
  }

  @Test
  void ofTwoFilesWithOneToolTheLaterHasTheProblem() throws IOException {
    write("a.yaml", CRM);
    write("b.yaml", CRM.replace("https://crm.example.com", "https://evil.example"));

    try (var folder = CatalogFolder.open(parent)) {
      Tool tool = folder.current().tools().getFirst();
      assertEquals("https://crm.example.com", tool.target().origin().toString());
      assertEquals(
          List.of(
              new CatalogProblem(
                  "b.yaml",
                  5,
                  "tools.read_ticket",
                  "must not be declared twice; an earlier file has a tool of this name"
                      + " (. counts as _)")),
          folder.problems());
    }
  }

  @Test
  void namesThatDifferOnlyByDotAndUnderscoreAreOneName() throws IOException {
    write(
        "a.yaml", CRM.replace("system: crm", "system: crm_read").replace("read_ticket", "ticket"));
    write("b.yaml", CRM);

    try (var folder = CatalogFolder.open(parent)) {
      assertEquals(List.of("crm_read.ticket"), names(folder));
      assertEquals("b.yaml", folder.problems().getFirst().file());
    }
  }

  @Test
  void aMissingFolderIsAClearProblem() {
    try (var folder = CatalogFolder.open(parent.resolve("catalog"))) {
      assertEquals(List.of(), folder.current().tools());
      assertEquals(
          List.of(
              new CatalogProblem(
                  "catalog",
                  0,
                  "",
                  "does not exist; make the folder and put a catalog file into it")),
          folder.problems());
    }
  }

  @Test
  void aFileInPlaceOfTheFolderIsAClearProblem() throws IOException {
    Path file = Files.writeString(parent.resolve("crm.yaml"), "");
    try (var folder = CatalogFolder.open(file)) {
      assertEquals(
          "is no folder; name the one that the file is in", folder.problems().getFirst().rule());
    }
  }

  @Test
  void anEmptyFolderIsAClearProblem() {
    try (var folder = CatalogFolder.open(parent)) {
      assertEquals("has no catalog file (*.yaml or *.yml)", folder.problems().getFirst().rule());
    }
  }

  @Test
  void aFileThatIsNotUtf8IsAProblem() throws IOException {
    Files.write(parent.resolve("crm.yaml"), new byte[] {'a', ':', ' ', (byte) 0xff});

    try (var folder = CatalogFolder.open(parent)) {
      assertEquals(
          List.of(new CatalogProblem("crm.yaml", 0, "", "must be UTF-8 text")), folder.problems());
    }
  }

  @Test
  void aFolderOfTheNameOfAFileIsAProblem() throws IOException {
    Files.createDirectory(parent.resolve("crm.yaml"));

    try (var folder = CatalogFolder.open(parent)) {
      assertEquals(
          List.of(new CatalogProblem("crm.yaml", 0, "", "cannot be read")), folder.problems());
    }
  }

  @Test
  void aChangeIsToldOnceAndNoChangeNotAtAll() throws IOException {
    write("crm.yaml", CRM);
    try (var folder = CatalogFolder.open(parent)) {
      var told = new AtomicInteger();
      folder.onChange(told::incrementAndGet);

      folder.reload();
      replace("crm.yaml", "# a comment\n" + CRM);
      folder.reload();
      assertEquals(0, told.get());

      replace("crm.yaml", CRM.replace("title: Read", "title: See"));
      folder.reload();
      folder.reload();
      assertEquals(1, told.get());
    }
  }

  @Test
  void anEditIsSeenWithoutAskingForIt() throws IOException, InterruptedException {
    write("crm.yaml", CRM);
    try (var folder = CatalogFolder.open(parent)) {
      String before = folder.current().digest();
      var changed = new CountDownLatch(1);
      folder.onChange(changed::countDown);

      replace("crm.yaml", CRM.replace("title: Read", "title: See"));

      assertTrue(changed.await(30, TimeUnit.SECONDS));
      assertNotEquals(before, folder.current().digest());
      assertEquals("See a ticket", folder.current().tools().getFirst().title());
    }
  }

  @Test
  void aFolderThatIsMadeLaterIsSeen() throws IOException, InterruptedException {
    Path late = parent.resolve("late");
    try (var folder = CatalogFolder.open(late)) {
      var loaded = new CountDownLatch(1);
      folder.onChange(
          () -> {
            if (!folder.current().tools().isEmpty()) {
              loaded.countDown();
            }
          });

      Files.createDirectory(late);
      Files.writeString(late.resolve("crm.yaml"), CRM);

      assertTrue(loaded.await(30, TimeUnit.SECONDS));
    }
  }

  @Test
  void aListenerThatThrowsDoesNotSilenceTheNext() throws IOException {
    write("crm.yaml", CRM);
    try (var folder = CatalogFolder.open(parent)) {
      var told = new AtomicInteger();
      folder.onChange(
          () -> {
            throw new IllegalStateException("a listener's own fault");
          });
      folder.onChange(told::incrementAndGet);

      Files.delete(parent.resolve("crm.yaml"));
      folder.reload();

      assertEquals(1, told.get());
    }
  }

  @Test
  void aListenerMayCloseTheFolder() throws IOException, InterruptedException {
    write("crm.yaml", CRM);
    try (var folder = CatalogFolder.open(parent)) {
      var closed = new CountDownLatch(1);
      folder.onChange(
          () -> {
            end(folder);
            closed.countDown();
          });

      replace("crm.yaml", CRM.replace("title: Read", "title: See"));

      assertTrue(closed.await(30, TimeUnit.SECONDS));
    }
  }

  @Test
  void afterClosingItSaysWhatItLastSaid() throws IOException {
    write("crm.yaml", CRM);
    var folder = CatalogFolder.open(parent);
    folder.close();
    folder.close();

    assertEquals(List.of("crm.read_ticket"), names(folder));
    assertEquals(List.of(), folder.problems());
  }

  private static void end(CatalogFolder folder) {
    folder.close();
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(parent.resolve(name), text);
  }

  /// As editors do: write aside, then rename.
  private void replace(String name, String text) throws IOException {
    Path aside = parent.resolve(name + ".tmp");
    Files.writeString(aside, text);
    Files.move(aside, parent.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }

  private static List<String> names(CatalogFolder folder) {
    return folder.current().tools().stream().map(tool -> tool.name().value()).toList();
  }
}
