package dev.keyward.redaction.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

final class UnseenTest {
  @Test
  void whatNobodySeesIsLeftOut() {
    assertEquals("payload", Unseen.DROP.in("pay\u200blo\u2060ad\ufeff"));
    assertEquals("txt.exe", Unseen.DROP.in("\u202etxt\u202c.exe\u2066\u2069"));
    assertEquals("hi", Unseen.DROP.in("hi\udb40\udc69\udb40\udc67\udb40\udc6e")); // tags: "ign"
    assertEquals("😀", Unseen.DROP.in("😀\udb40\udd01\udb40\udd02\udb40\udd03")); // selectors
  }

  @Test
  void orIsWrittenSoThatPeopleSeeIt() {
    assertEquals("a[U+200B]b[U+202E]c", Unseen.SHOW.in("a\u200bb\u202ec"));
    assertEquals("[U+E0069]", Unseen.SHOW.in("\udb40\udc69"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "👩\u200d👩\u200d👧 ❤\ufe0f 1\ufe0f\u20e3",
        "🏴\udb40\udc67\udb40\udc62\udb40\udc65\udb40\udc6e\udb40\udc67\udb40\udc7f",
        "می\u200cخواهم",
        "क्\u200dष",
        "שלום\u200f, world",
        "Łódź, Đorđe, 你好, plain",
      })
  void whatWritingNeedsStays(String text) {
    assertEquals(text, Unseen.DROP.in(text));
  }

  @Test
  void jsonIsSeenToInValuesAndKeysAndElseIsItself() {
    var json = JsonMapper.shared().readTree("{\"a\u200bb\": [\"c\u202ed\", 1, null]}");
    var clean = JsonMapper.shared().readTree("{\"ab\": [\"cd\", 1, null]}");

    assertEquals(clean, Unseen.DROP.in(json));
    assertSame(clean, Unseen.DROP.in(clean));
    assertSame(json, Unseen.KEEP.in(json));
  }

  @Test
  void twoKeysThatLookAlikeStayTwo() {
    var json = JsonNodeFactory.instance.objectNode().put("id", 1).put("i\u200bd", 2);

    assertEquals(2, Unseen.DROP.in(json).size());
  }
}
