package dev.keyward.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.catalog.FileKinds.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FilesInCatalogTest {
  private static final String SHOP =
      """
      system: shop
      origin: https://shop.example.com
      tools:
        photo:
          title: Read
          description: Reads.
          tier: read
          request: {method: GET, path: /x}
          response: file
      """;

  private static FileKinds files(String declared) {
    return Samples.tool(SHOP + "    files: " + declared + "\n").care().files();
  }

  @Test
  void theNearestWordCountsAndWhatIsNotNamedIsWithheld() {
    FileKinds files =
        files("{\"image/*\": passed, image/x: described, application/pdf: described}");

    assertEquals(Kind.PASSED, files.of("image/png"));
    assertEquals(Kind.DESCRIBED, files.of("image/x"));
    assertEquals(Kind.DESCRIBED, files.of("application/pdf"));
    assertEquals(Kind.WITHHELD, files.of("application/zip"));
    assertEquals(Kind.WITHHELD, files.of("image/svg+xml"));
    assertEquals(Kind.WITHHELD, files.of(""));
  }

  @Test
  void aToolThatSaysNothingDescribesAndKeepsItsDigest() {
    Tool tool = Samples.tool(SHOP);

    assertEquals(Kind.DESCRIBED, tool.care().files().of("image/png"));
    assertEquals(tool.digest(), Samples.tool(SHOP + "    files: {\"*/*\": described}\n").digest());
    assertNotEquals(
        tool.digest(), Samples.tool(SHOP + "    files: {\"*/*\": withheld}\n").digest());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{text/plain: passed}",
        "{\"text/*\": passed}",
        "{application/json: passed}",
        "{image/svg+xml: passed}",
        "{image/png: shown}",
        "{IMAGE/png: passed}",
        "{png: passed}",
        "{}"
      })
  void whatCannotBeMeantIsAProblem(String declared) {
    String text = SHOP + "    files: " + declared + "\n";

    assertTrue(!CatalogFile.read("shop.yaml", text).problems().isEmpty());
  }

  @Test
  void filesStandOnlyBesideResponseFile() {
    String text =
        SHOP.replace("response: file", "response: text") + "    files: {image/png: passed}\n";

    assertTrue(
        CatalogFile.read("shop.yaml", text).problems().toString().contains("response: file"));
  }
}
