package dev.keyward.catalog;

import static dev.keyward.catalog.Samples.CRM;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ToolDigestTest {
  private static final String DIGEST = Samples.tool(CRM).digest();

  @Test
  void itIsSha256InHexadecimal() {
    assertTrue(DIGEST.matches("[0-9a-f]{64}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "https://crm.example.com|https://crm.example.org",
        "https://crm.example.com|http://crm.example.com",
        "local:crm#token|local:crm#other",
        "in: bearer|in: basic",
        "in: bearer|in: {header: X-Api-Key}",
        "in: bearer|in: {query: key}",
        "system: crm|system: crn",
        "read_ticket:|read_tickets:",
        "title: Read a|title: See a",
        "Reads one|Reads a",
        "tier: read|tier: write",
        "Read {id}|See {id}",
        "{type: string}|{type: string, maxLength: 9}",
        "method: GET|method: DELETE",
        "/tickets/|/ticket/",
        "[id, subject]|[id]",
        "result: [|error: [code]\\n    result: [",
        "result: [|limits: {timeout: 9s}\\n    result: [",
        "result: [|limits: {max_response_bytes: 9}\\n    result: [",
        "result: [|limits: {concurrent_calls: 9}\\n    result: [",
        "result: [|output: {properties: {id: {type: string}, subject: {type: string}}}\\n    result: [",
        "method: GET|method: GET\\n      headers: {X-A: b}",
        "method: GET|method: GET\\n      query: [{name: b, from: id}]",
        "method: GET|method: GET\\n      query: [{name: a, value: b}]",
      })
  void anyChangeOfTheToolChangesIt(String from, String to) {
    String changed = CRM.replace(from, to.replace("\\n", "\n"));

    assertNotEquals(CRM, changed);
    assertNotEquals(DIGEST, Samples.tool(changed).digest());
  }

  @Test
  void commentsFileNamesAndTheOrderOfKeysDoNotCount() {
    String same =
        CRM.replace("tools:", "# a comment\ntools:")
            .replace(
                "      method: GET\n      path: /tickets/{id}",
                "      path: /tickets/{id}\n" + "      method: GET");

    assertEquals(DIGEST, CatalogFile.read("other.yml", same).tools().getFirst().digest());
  }

  @Test
  void defaultsWrittenOutDoNotCount() {
    assertEquals(
        DIGEST,
        Samples.tool(CRM + "    response: json\n    limits: {timeout: 10s, concurrent_calls: 16}\n")
            .digest());
  }
}
