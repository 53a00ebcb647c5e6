package dev.keyward.redaction.html;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class HtmlTextTest {
  @Test
  void blocksStandOnLinesOfTheirOwn() {
    assertEquals(
        "Orders\nHello  world\n".replace("  ", " ") + "- one\n- two\na | b\nc | d",
        HtmlText.of(
            "<html><head><title>Orders</title></head><body><p>Hello\n   <b>world</b></p>"
                + "<ul><li>one<li>two</ul>"
                + "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table></body></html>"));
  }

  @Test
  void whatNobodySeesIsLeftOut() {
    assertEquals(
        "seen",
        HtmlText.of(
            "<!-- c --><script>s</script><style>t</style><template>u</template><p hidden>v</p>"
                + "<p style='display: none'>w</p><input value=x><p>seen</p>"));
  }

  @Test
  void deepNestingEnds() {
    assertEquals("x", HtmlText.of("<div>".repeat(20_000) + "x"));
  }
}
