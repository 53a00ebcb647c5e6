package dev.keyward.server.notice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.catalog.CredentialRef;
import dev.keyward.redaction.Secret;
import dev.keyward.server.StandIn;
import dev.keyward.server.config.NoticeSettings;
import dev.keyward.server.credential.HeldSecret;
import dev.keyward.server.credential.Lookup;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Messages to chats, whose address is a secret and whose readers click.
final class ChatTest {
  private static final Instant NOW = Instant.parse("2026-11-29T10:00:00Z");
  private static final String PATH = "/services/T0/B0/4fJq83LmZx0Vd71PwsTy?sig=a%2Bb";
  private static final CredentialRef REF = CredentialRef.parse("local:slack#url");

  private final StandIn there = new StandIn();

  @AfterEach
  void stop() {
    there.close();
  }

  @Test
  void slackReadsNoMentionAndNoLinkButOurs() throws Exception {
    slack(there.origin() + PATH)
        .send(MailTest.waiting("<!channel> <https://evil.example|Approve> & more"), NOW);

    JsonNode message = JsonMapper.shared().readTree(there.journal().getFirst().body());
    String words = message.at("/blocks/1/text/text").stringValue();
    assertEquals(PATH, there.journal().getFirst().path());
    assertEquals("1 request waits for people", message.path("text").stringValue());
    assertTrue(
        words.startsWith("&lt;!channel&gt; &lt;https://evil.example|Approve&gt; &amp; more"));
    assertTrue(words.endsWith("<https://approve.example/approvals/apr_1|Read and decide>"));
    assertEquals(1, words.chars().filter(sign -> sign == '<').count());
  }

  @Test
  void teamsReadsTitlesAsTheyAre() throws Exception {
    chat(there.origin() + PATH, TeamsJson::of)
        .send(MailTest.waiting("[Approve](https://evil.example) **now**"), NOW);

    JsonNode card =
        JsonMapper.shared()
            .readTree(there.journal().getFirst().body())
            .at("/attachments/0/content");
    assertEquals("AdaptiveCard", card.path("type").stringValue());
    assertEquals("RichTextBlock", card.at("/body/1/type").stringValue());
    assertEquals(
        "[Approve](https://evil.example) **now**", card.at("/body/1/inlines/0/text").stringValue());
    assertEquals(
        "https://approve.example/approvals/apr_1", card.at("/body/3/actions/0/url").stringValue());
  }

  @Test
  void itWaitsForAsLongAsTheOtherEndSays() {
    there.answers(StandIn.of(429, "text/plain", "slow down", "Retry-After", "90"));

    Undelivered refused = refused(slack(there.origin() + PATH));

    assertEquals(Optional.of(Duration.ofSeconds(90)), refused.pause());
    assertFalse(refused.last());
  }

  @Test
  void aRedirectIsNotFollowed() {
    there.answers(StandIn.of(307, "text/plain", "", "Location", there.origin() + "/elsewhere"));

    assertEquals("status 307", refused(slack(there.origin() + PATH)).why());
    assertEquals(1, there.journal().size());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://hooks.example/services/4fJq83LmZx0V",
        "https://user:4fJq83LmZx0V@hooks.example/",
        "file:///etc/4fJq83LmZx0V",
        "https://hooks.example/4fJq83LmZx0V#x",
        "not a url 4fJq83LmZx0V",
      })
  void anotherKindOfAddressIsRefusedAndNotRepeated(String url) {
    Undelivered refused = refused(slack(url));

    assertTrue(refused.why().startsWith("secret local:slack#url must be an https URL"));
    assertFalse(refused.why().contains("4fJq83LmZx0V"));
  }

  @Test
  void anAddressThatDoesNotAnswerIsNotRepeated() {
    there.goDown();

    assertEquals("no answer", refused(slack(there.origin() + PATH)).why());
  }

  @Test
  void manyAreToldByKindWithOneLink() throws Exception {
    String body =
        """
        {"type": "approvals.waiting", "data": {"more": 35, "url": "https://approve.example/approvals",
          "requests": [{"title": "a"}, {"title": "b"}], "kinds": [
            {"tool": "crm.add_note", "tier": "write", "kind": "confirm", "agent": "triage-1",
             "count": 36}]}}
        """;

    Told told = Told.of(new Message("msg_1", Optional.empty(), body, 1));

    assertEquals("37 requests wait for people", told.headline());
    assertEquals(
        new Told.Item(
            "36 ×",
            "crm.add_note (write, confirm) by agent triage-1",
            "https://approve.example/approvals"),
        told.items().getFirst());
    assertEquals("1 ×", told.items().getLast().title());
  }

  private static Undelivered refused(Chat chat) {
    try (chat) {
      return assertThrows(Undelivered.class, () -> chat.send(MailTest.waiting("A"), NOW));
    }
  }

  private static Chat slack(String url) {
    return chat(url, SlackJson::of);
  }

  private static Chat chat(String url, Function<Told, String> card) {
    var keys = new Keys(_ -> new Lookup.Found(new HeldSecret(Secret.of(url), 1, NOW)));
    return new Chat("slack", new NoticeSettings.Chat(REF, Optional.empty()), keys, card);
  }
}
