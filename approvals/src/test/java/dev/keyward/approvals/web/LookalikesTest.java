package dev.keyward.approvals.web;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What is found is written as its numbers, so that nobody is deceived by this file.
final class LookalikesTest {
  @ParameterizedTest
  @CsvSource({
    "\u0430nn@example.org, 0430",
    "send it to \u0430nn@example.org today, 0430",
    "https://www.p\u0430yp\u0430l.com/login, 0430 0430",
    "\u0440\u0430ypal.com, 0440 0430",
    "\u0430dmin, 0430",
    "p\u0430yments-prod, 0430",
    "main/rele\u0430se, 0430",
    "pa\u0443\u0301pal, 0443",
    "IB\u0410N DE89, 0410",
    "g\u03bf\u03bfgle, 03BF 03BF",
    "\u0391pple, 0391",
    "m\u0585zilla, 0585",
    "\u13a0mazon, 13A0",
    "p\u2c9fypal, 2C9F",
    "\ua4d0BC, A4D0",
    "CORP\\r\u043e\u0443, 043E 0443",
    "C:\\t\u0435\u0441\u0442, 0435 0441 0442",
    "{\"path\": \"C:\\\\n\u0435\u0445\u043e\"}, 0435 0445 043E",
    "s\u03bcpport@example.org, 03BC",
    "s\u00b5pport@example.org, 00B5",
    "\u03bcber.com, 03BC",
    "/srv/\u03bcploads, 03BC",
    "admin_\u03b1cme, 03B1",
    "\u0391pplE, 0391",
    "JS\u03bfN, 03BF",
    "acm\u03b5.org, 03B5",
    "\u101dwner.com, 101D",
    "p\u10d0y, 10D0"
  })
  void aLetterOfAnotherScriptInALatinWordIsFound(String text, String found) {
    assertEquals(found, found(text));
  }

  @ParameterizedTest
  @CsvSource({
    "\u0441\u043e\u0441.example.org, 0441 043E 0441",
    "\u0440\u0430\u0443\u0440\u043e.com, 0440 0430 0443 0440 043E",
    "example.org/\u0441, 0441",
    "example.\u0441\u043e, 0441 043E",
    "\u0430@example.org, 0430",
    "db_\u0441\u0430, 0441 0430",
    "CORP\\\u0441\u043e\u0441, 0441 043E 0441",
    "\u0441\u0441-prod, 0441 0441",
    "\u0435-mail, 0435",
    "\u03bf.example.org, 03BF",
    "{\"user\": \"CORP\\\\\u0441\u043e\u0441\"}, 0441 043E 0441",
    "--user=\u0441\u043e\u0440\u0435, 0441 043E 0440 0435",
    "user:\u0440\u043e\u0435, 0440 043E 0435",
    "o\u0475\u0435.example.org, 0475 0435",
    "\u0475.example.org, 0475",
    "\ua4e1\ua4f2.example.org, A4E1 A4F2",
    "\uab7a\uabaf.example.org, AB7A ABAF",
    "\ud800\udf00\ud800\udf01.example.org, 10300 10301",
    "\u13aa\u13df.example.org, 13AA 13DF"
  })
  void soIsAnAddressPartThatIsNothingButSuchLetters(String text, String found) {
    assertEquals(found, found(text));
  }

  @ParameterizedTest
  @CsvSource({
    "\u0430\u200bnn, 0430",
    "a\u00ad\u0430, 0430",
    "\u0430\ufe0fnn, 0430",
    "\u0430\u0301\u0301nn, 0430"
  })
  void whatNobodySeesPartsNoWord(String text, String found) {
    assertEquals(found, found(text));
  }

  @ParameterizedTest
  @CsvSource({
    "\uff41pi, FF41",
    "\uff41@example.org, FF41",
    "\u652f\u4ed8\ud835\udc29\ud835\udc1a\ud835\udc32, 1D429 1D41A 1D432",
    "\ud835\udc1a, 1D41A",
    "\ud835\udc29aypal, 1D429",
    "\ud835\udc29\u0430\ud835\udc29, 1D429 0430 1D429",
    "\u24d0\u24d3\u24dc\u24d8\u24dd, 24D0 24D3 24DC 24D8 24DD",
    "1\uff100, FF10",
    "\ud835\udfcf00, 1D7CF",
    "\u212aeyward, 212A",
    "300 \u212a, 212A",
    "\u217dlose, 217D",
    "\u2139nfo@example.org, 2139",
    "\u24d0@example.org, 24D0",
    "wi\ufb01.example.org, FB01",
    "\u8a73\u7d30\u306fexample.org/\uff41, FF41"
  })
  void aLetterMadeFromAnAsciiOneIsFound(String text, String found) {
    assertEquals(found, found(text));
  }

  @ParameterizedTest
  @CsvSource({
    "1\u09e60, 09E6",
    "1\u06f0, 06F0",
    "example\u0660org, 0660",
    "g\u0b66d, 0B66",
    "o\u0b20en, 0B20",
    "\u0b20penai.com, 0B20",
    "\u07c0ffice.com, 07C0",
    "hell\u0d66.com, 0D66"
  })
  void soAreDigitsAndLettersOfFarScriptsWhereTheyPassForAscii(String text, String found) {
    assertEquals(found, found(text));
  }

  @ParameterizedTest
  @CsvSource({
    "example.org\u2044login.example.com, 2044",
    "example.org\u2215login, 2215",
    "example.org\u29f8login, 29F8",
    "example.org\uff0flogin, FF0F",
    "https:\u2044\u2044example.org, 2044 2044",
    "https\u2236//example.org, 2236",
    "https\ua789//example.org, A789",
    "https\uff1a//example.org, FF1A",
    "example\u2024org, 2024",
    "example\uff0eorg, FF0E",
    "ann\uff20example.org, FF20",
    "https://203.0.113.5\u22151.evil.com/login, 2215",
    "https://203.0.113.5\u22151, 2215",
    "https://example.org:443\u22151@evil.com/, 2215",
    "--file=\u2215etc, 2215",
    "f(1)\u2215etc, 2215",
    "example.org\u2215-login, 2215",
    "https:\u2215\u22151.1.1.1\u22152, 2215 2215 2215",
    "\u2215etc/passwd, 2215",
    "a-\u2024com, 2024",
    "cafe\u0301\u2024com, 2024",
    "example\u2024\u200bcom, 2024",
    "example.org\u27cblogin, 27CB",
    "example\u3002org, 3002",
    "example\uff61org, FF61",
    "\u8acb\u770bhttps://example\u3002org/login, 3002",
    "https\u0589//example.org, 0589",
    "https\u05c3//example.org, 05C3",
    "https\u02d0//example.org, 02D0",
    "https\u02f8//example.org, 02F8",
    "example\u0701org, 0701"
  })
  void soAreSignsOfAnAddressThatAreOthers(String text, String found) {
    assertEquals(found, found(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ann@example.org",
        "Grüße aus Łódź, señor; coeur cœur, İstanbul ısı, Việt Nam",
        "Привет, Bob! VPN-доступ и API-ключ для node.js-сервера, CI/CD-пайплайн",
        "«Привет,Bob»(с)Ann; SMS-ка, URL-а, GitHub'а, GitHub’а, e-mail-у, 5-й, 3D-модель",
        "Отчёт_2024.pdf договор.docx /docs/Отчёт.pdf https://ru.wikipedia.org/wiki/Привет",
        "почта@пример.рф",
        "№5а, 20й, Бренд™ и ½ л",
        "Καλημέρα, το API είναι στο https://el.example.org/αρχείο",
        "5 μm, 3 μg/mL, 10 kΩ, 10 k\u2126, Δt = 2πr, χ²-test, β-carotene, 7 µs",
        "日本語とEnglishの文です。Tシャツ、ＡＰＩ、第１章、１０月、Ａ・Ｂ社",
        "①申請 ② 承認 Ⓐ ℹ Ⅴ",
        "件名：APIについて 邮箱：bob@example.org URL：https://example.org 和／或",
        "한국어 API를 씁니다. Email도 됩니다",
        "مرحبا Bob الAPI ۲۰MB تقرير.pdf API\u200cها",
        "ה-API הAPI שלום.txt",
        "ใช้APIของเรา รายงาน.pdf รายงาน_Q3.pdf",
        "API में, APIలో, APIയുടെ",
        "API-ს, Node.js-ը, զեկույց.pdf",
        "TNFα, NFκB, TGFβ1, PPARγ, IL1β, TNFα/IFNγ; 120 μmol/L, U/μL, 5 µg/mL, λx, A=πr²",
        "０３－１２３４ ＡＢＣ Ａ／Ｂテスト ａｐｉ＠ｘ ５０％／月",
        "部署到AWS。Kubernetes集群｡JSON格式，使用Python3。JSON/YAML格式，版本：v1.0。",
        "Слово:word Кому:Bob Тема=Test; /ˈwɔːtə/ biːt; բառ։API",
        "/docs/ᐃᓄᒃᑎᑐᑦ.pdf ᏣᎳᎩ.txt ⵜⴰⵎ.html ᠮᠣᠩᠭᠣᠯ.txt ߒߞߏ.pdf ᱥᱟᱱ.pdf 𞤀𞤣.txt ꆈꌠ.txt ꕙꔤ.txt"
            + " ꦗꦮ.pdf",
        "m², 1º, 2ª, H₂O, 10⁻³, xⁿ, 4ᵗʰ, ½, 1⁄2, 10∶1, °C, №, ™, ㎏",
        "“quotes” ‘single’ „tief“ – dashes — … • → ✓",
        "😀 👍🏽 🇩🇪 1️⃣ ℹ️ 🅰️",
        "{\"text\": \"Привет\\nмир\\nСон\", \"имя\": \"Bob\"}",
        "<b>Привет</b> [ссылка](https://example.org) **Bob**"
      })
  void ordinaryTextHasNone(String text) {
    assertEquals("", found(text));
  }

  @Test
  void aWordIsReadForItself() {
    assertEquals("0430", found("Привет мир " + "\u0430nn" + " до свидания"));
    assertEquals("0430", found("{\"to\": \"\u0430nn\", \"text\": \"Привет\\nмир\"}"));
  }

  private static String found(String text) {
    int[] points = text.codePoints().toArray();
    return Lookalikes.in(points).stream()
        .mapToObj(at -> "%04X".formatted(points[at]))
        .collect(Collectors.joining(" "));
  }
}
