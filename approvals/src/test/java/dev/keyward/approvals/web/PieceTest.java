package dev.keyward.approvals.web;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PieceTest {
  @ParameterizedTest
  @CsvSource({
    "0000, U+0000", "0009, U+0009", "000D, U+000D", "001B, U+001B", "007F, U+007F",
    "0085, U+0085", "00A0, U+00A0", "00AD, U+00AD", "034F, U+034F", "061C, U+061C",
    "115F, U+115F", "1680, U+1680", "180E, U+180E", "2003, U+2003", "200B, U+200B",
    "200D, U+200D", "200F, U+200F", "2028, U+2028", "202E, U+202E", "202F, U+202F",
    "2060, U+2060", "2066, U+2066", "2069, U+2069", "2800, U+2800", "3000, U+3000",
    "3164, U+3164", "E000, U+E000", "FE0F, U+FE0F", "FEFF, U+FEFF", "FFA0, U+FFA0",
    "E0041, U+E0041", "E0100, U+E0100", "D800, U+D800"
  })
  void whatWouldNotBeSeenIsShownAsItsNumber(String hex, String code) {
    String text = "a" + Character.toString(Integer.parseInt(hex, 16)) + "b";

    List<Piece> pieces = Piece.of(text);

    assertEquals(3, pieces.size());
    assertEquals(new Piece.Plain("a"), pieces.get(0));
    assertEquals(code, ((Piece.Hidden) pieces.get(1)).code());
    assertEquals(new Piece.Plain("b"), pieces.get(2));
    assertEquals("1 hidden character, shown as a number", Piece.warning(pieces));
  }

  @ParameterizedTest
  @CsvSource({"plain words", "Grüße", "日本語", "שלום", "😀", "<b>&\"'"})
  void whatCanBeSeenStaysAsItIs(String text) {
    assertEquals(List.of(new Piece.Plain(text)), Piece.of(text));
  }

  @Test
  void lineBreaksAreMarkedAndNothingIsLost() {
    assertEquals(
        List.of(new Piece.Break(), new Piece.Plain("a"), new Piece.Break(), new Piece.Break()),
        Piece.of("\na\n\n"));
  }

  @Test
  void theNameOfAHiddenCharacterIsSaid() {
    assertEquals(List.of(new Piece.Hidden("U+202E", "right-to-left override")), Piece.of("\u202e"));
  }

  @Test
  void aLetterThatLooksLikeAnotherIsShownWithItsNumber() {
    List<Piece> pieces = Piece.of("\u0430nn@example.org");

    assertEquals(
        List.of(
            new Piece.Lookalike("\u0430", "U+0430", "cyrillic small letter a"),
            new Piece.Plain("nn@example.org")),
        pieces);
    assertEquals("\u0430[U+0430]nn@example.org", Piece.text(pieces));
  }

  @ParameterizedTest
  @CsvSource({
    "\u0430dmin, \u0430[U+0430]dmin, \u0430[U+005B]U+0430]dmin",
    "a\u200bb, a[U+200B]b, a[U+005B]U+200B]b",
    "[\u200b, [[U+200B], [[U+005B]U+200B]",
    "a[U+b, a[U+005B]U+b, a[U+005B]U+005B]U+b"
  })
  void aTextThatSpellsANumberIsNotWhatHasIt(String text, String shown, String imitation) {
    assertEquals(shown, Piece.text(Piece.of(text)));
    assertEquals(imitation, Piece.text(Piece.of(shown)));
  }

  @Test
  void otherBracketsStayAsTheyAre() {
    assertEquals("[a] [U] U+0430 [[", Piece.text(Piece.of("[a] [U] U+0430 [[")));
  }

  @Test
  void theMarksOnALetterStayOnIt() {
    assertEquals("pa\u0443\u0301[U+0443]pal", Piece.text(Piece.of("pa\u0443\u0301pal")));
    assertEquals("pa\u0443[U+0443][U+FE0F]pal", Piece.text(Piece.of("pa\u0443\ufe0fpal")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | plain words",
        "1 hidden character, shown as a number | a\u200b",
        "2 hidden characters, shown as numbers | \u200b\u200b",
        "1 character that looks like another | \u0430nn",
        "2 characters that look like others | \u0430\u0430nn",
        "1 hidden character, shown as a number; 1 character that looks like another |"
            + " \u0430\u200bnn"
      })
  void aReaderIsToldInWords(String warning, String text) {
    assertEquals(warning, Piece.warning(Piece.of(text)));
  }
}
