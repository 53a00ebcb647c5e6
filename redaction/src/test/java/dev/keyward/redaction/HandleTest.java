package dev.keyward.redaction;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class HandleTest {
  private static final String ID = "0123456789abcdefghjkmnpqrs";
  private static final Handle HANDLE = new Handle("reset_link", ID);
  private static final String TEXT = "kw_h_reset_link_" + ID;

  @Test
  void aHandleIsItsText() {
    assertEquals(TEXT, HANDLE.text());
    assertEquals(Optional.of(HANDLE), Handle.parse(TEXT));
    assertEquals(Optional.of(HANDLE), Handle.parse(TEXT.toLowerCase(Locale.ROOT)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "kw_h_",
        "kw_h__" + ID,
        "kw_h_" + ID,
        "kw_h_a_b",
        "kw_h_A_" + ID,
        "kw_h_1a_" + ID,
        " kw_h_a_" + ID,
        "kw_h_a_" + ID + "0",
        "kw_h_a_i123456789abcdefghjkmnpqrs",
        "kw_h_abcdefghijklmnopqrstuvwxyz0123456_" + ID,
      })
  void anythingElseIsNone(String text) {
    assertEquals(Optional.empty(), Handle.parse(text));
  }

  @Test
  void aHandleIsFoundWhereverItStands() {
    String text = "a " + TEXT + "&b=" + TEXT.toUpperCase(Locale.ROOT) + " kw_h_ kw_hx";

    List<Handle.Found> found = Handle.in(text);

    assertEquals(3, found.size());
    assertEquals(Optional.of(HANDLE), found.getFirst().handle());
    assertEquals(TEXT, text.substring(found.getFirst().from(), found.getFirst().to()));
    assertEquals(Optional.empty(), found.get(1).handle());
    assertEquals(Optional.empty(), found.get(2).handle());
    assertFalse(Handle.isIn("kw_hx kw h_ _h_ k_h_"));
  }

  @Test
  void otherShapesCannotBeMade() {
    assertThrows(IllegalArgumentException.class, () -> new Handle("Reset", ID));
    assertThrows(IllegalArgumentException.class, () -> new Handle("reset", "short"));
  }

  @Test
  void textFromElsewhereIsNoHandleAnyMore() {
    JsonNode json =
        JsonMapper.shared()
            .readTree("{\"KW_h_x\":[\"a " + TEXT + " kw_h_kw_h_\",1,null],\"plain\":\"kw_\"}");

    Redacted defanged = new Redacted(json, List.of(), List.of()).defanged();

    assertEquals(
        "{\"KW-h-x\":[\"a kw-h-reset_link_" + ID + " kw-h-kw-h-\",1,null],\"plain\":\"kw_\"}",
        defanged.json().toString());
    assertTrue(json.toString().contains(TEXT), "the original stays as it was");
  }

  @Test
  void handlesStandWhereTextsWereTakenOut() {
    JsonNode json = JsonMapper.shared().readTree("{\"url\":\"x?a=SECRET&b=OTHER\",\"pin\":4711}");
    var whole = new Redacted(json, List.of(), List.of());

    Redacted cut =
        whole.withoutTexts(
            List.of(
                new Redacted.Stretch("/url", 4, 10),
                new Redacted.Stretch("/url", 13, 18),
                new Redacted.Stretch("/pin", 0, 4)));
    Redacted given =
        cut.withHandles(
            List.of(
                new Redacted.StandIn("/url", 4, HANDLE),
                new Redacted.StandIn("/url", 7, HANDLE),
                new Redacted.StandIn("/pin", 0, HANDLE)));

    assertEquals("{\"url\":\"x?a=&b=\",\"pin\":\"\"}", cut.json().toString());
    assertEquals(
        "{\"url\":\"x?a=" + TEXT + "&b=" + TEXT + "\",\"pin\":\"" + TEXT + "\"}",
        given.json().toString());
    assertEquals(List.of("/pin"), given.withheldAt(List.of("/pin")).scrubbedAt());
  }
}
