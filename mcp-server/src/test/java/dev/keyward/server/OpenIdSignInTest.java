package dev.keyward.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// People who sign in with OpenID Connect, at a provider that does as it is told.
@Timeout(120)
final class OpenIdSignInTest {
  private static final String SECRET = "oidc-client-7hQ2mZx91LkPw3vTn8";

  @TempDir Path folder;
  private final SettableClock clock = new SettableClock();
  private final TestIssuer provider = new TestIssuer(clock);
  private final HttpClient http = HttpClient.newHttpClient();
  private volatile Map<String, String> exchanged = Map.of();
  private TestBroker broker;

  @BeforeEach
  void start() throws Exception {
    broker = TestBroker.in(folder);
    broker.stop();
    broker.signInWith(
        """
        issuer: %s, client_id: keyward, client_secret_file: pages-secret,
         label: Example SSO, roles: {reviewer: [/reviewers], member: [/staff], break-glass: [/on-call]}\
        """
            .formatted(provider.name()),
        SECRET);
    broker.start();
  }

  @AfterEach
  void stop() {
    broker.close();
    provider.close();
    http.close();
  }

  @Test
  void thePageOffersTheSignInAndTheProviderIsAskedForACode() throws Exception {
    assertTrue(page("/approvals", "").body().contains("Sign in with Example SSO"));

    Begun begun = begin();

    assertEquals("code", begun.asked("response_type"));
    assertEquals("keyward", begun.asked("client_id"));
    assertEquals("openid", begun.asked("scope"));
    assertEquals(origin() + "/sign-in/openid/callback", begun.asked("redirect_uri"));
    assertEquals("S256", begun.asked("code_challenge_method"));
    assertFalse(begun.asked("state").equals(begun.asked("nonce")));
  }

  @Test
  void whoIsInAGroupComesInWithItsRoles() throws Exception {
    HttpResponse<String> in = signIn("u-1", "rita", List.of("/reviewers", "/other"));

    assertEquals(303, in.statusCode());
    String queue = page("/approvals", cookie(in)).body();
    assertTrue(queue.contains("rita"), queue);
    assertTrue(queue.contains("reviewer"), queue);
    assertEquals("[\"member\",\"reviewer\"]", person("rita"));
  }

  @Test
  void onlyTheGroupThatIsNamedForItBreaksTheGlass() throws Exception {
    String approval =
        broker.agent("a1", "stripe.*").call("stripe.create_refund", TestBroker.REFUND).approval();
    HttpResponse<String> rita = signIn("u-1", "rita", List.of("/reviewers", "break-glass"));
    HttpResponse<String> gail = signIn("u-2", "gail", List.of("/on-call"));
    String glass = "/break-glass/" + approval;

    assertEquals("[\"member\",\"reviewer\"]", person("rita"));
    assertEquals(404, page(glass, cookie(rita)).statusCode());
    assertEquals("[\"break-glass\",\"member\"]", person("gail"));
    assertEquals(200, page(glass, cookie(gail)).statusCode());
    String given = broker.operate("audit.list", "{\"type\":\"person.roles\"}").toString();
    assertTrue(given.contains("[\"break_glass\",\"member\"]"), given);

    signIn("u-2", "gail", List.of("/staff"));
    assertEquals(404, page(glass, cookie(gail)).statusCode(), "at once, also where they are");
  }

  @Test
  void theCodeGoesWithItsVerifierAndTheClientsSecret() throws Exception {
    Begun begun = begin();
    comeBack(begun, idToken(begun, "u-1", "rita", List.of("/staff")));

    assertEquals("the-code", exchanged.get("code"));
    assertEquals(SECRET, exchanged.get("client_secret"));
    byte[] hash =
        MessageDigest.getInstance("SHA-256")
            .digest(
                exchanged.getOrDefault("code_verifier", "").getBytes(StandardCharsets.US_ASCII));
    assertEquals(
        begun.asked("code_challenge"),
        Base64.getUrlEncoder().withoutPadding().encodeToString(hash));
  }

  @Test
  void whoIsInNoGroupStaysOut() throws Exception {
    assertEquals(403, signIn("u-1", "rita", List.of("/visitors")).statusCode());
    assertEquals(403, signIn("u-1", "rita", List.of()).statusCode());
    assertEquals("", person("rita"));
  }

  @Test
  void anAnswerThatAnotherBrowserBeganSignsNobodyIn() throws Exception {
    Begun attackers = begin();
    Begun victims = begin();
    answerWith(idToken(attackers, "u-1", "rita", List.of("/staff")).signed());

    HttpResponse<String> planted = page(callback(attackers.asked("state")), victims.cookie);
    HttpResponse<String> bare = page(callback(attackers.asked("state")), "");

    assertEquals(403, planted.statusCode());
    assertEquals(403, bare.statusCode());
    assertEquals(Map.of(), exchanged);
  }

  @Test
  void noOtherAnswerSignsAnybodyIn() throws Exception {
    refuses(token -> token.claim("nonce", "other"));
    refuses(token -> token.claim("nonce", null));
    refuses(token -> token.claim("aud", "another-client"));
    refuses(token -> token.claim("aud", List.of("keyward", "another-client")));
    refuses(token -> token.claim("azp", "another-client"));
    refuses(token -> token.claim("iss", "https://sso.example.com"));
    refuses(token -> token.claim("exp", clock.instant().getEpochSecond()));
    refuses(token -> token.claim("sub", "x".repeat(300)));
    refuses(token -> token.claim("sub", "a\nb"));
    refuses(token -> token.claim("preferred_username", "Not A Name"));
    refuses(token -> token.claim("preferred_username", List.of("rita", "olga")));
    refuses(token -> token.header("kid", "unknown"));
    Begun begun = begin();
    String forged =
        idToken(begun, "u-1", "rita", List.of("/staff"))
            .header("alg", "none")
            .withSignature(new byte[0]);
    answerWith(forged);
    assertEquals(403, page(callback(begun.asked("state")), begun.cookie).statusCode());
    assertEquals("", person("rita"));
  }

  @Test
  void aNameThatSomebodyHasIsNotTakenOver() throws Exception {
    assertEquals(403, signIn("u-1", "olga", List.of("/reviewers")).statusCode());
    assertEquals(303, signIn("u-2", "rita", List.of("/staff")).statusCode());
    assertEquals(403, signIn("u-3", "rita", List.of("/reviewers")).statusCode());
    assertEquals("[\"member\"]", person("rita"));
  }

  @Test
  void anOperatorBindsWhoIsThereAlready() throws Exception {
    broker.operate("person.bind", "{\"name\":\"olga\",\"subject\":\"u-1\"}");

    HttpResponse<String> in = signIn("u-1", "olga-at-work", List.of("/reviewers"));

    assertEquals(303, in.statusCode());
    assertTrue(page("/approvals", cookie(in)).body().contains("olga"));
    assertEquals("", person("olga-at-work"));
  }

  @Test
  void rolesFollowTheGroupsAtEverySignIn() throws Exception {
    signIn("u-1", "rita", List.of("/reviewers"));
    signIn("u-1", "renamed", List.of("/staff"));

    assertEquals("[\"member\"]", person("rita"));
    assertEquals("", person("renamed"));
    String events = broker.operate("audit.list", "{\"type\":\"person.\"}").toString();
    assertTrue(events.contains("person.roles") && events.contains("person.bound"), events);
  }

  @Test
  void whoHasLeftEveryGroupKeepsNoRoleFromBefore() throws Exception {
    assertEquals(303, signIn("u-1", "rita", List.of("/reviewers")).statusCode());

    assertEquals(403, signIn("u-1", "rita", List.of("/visitors")).statusCode());

    assertEquals("[]", person("rita"));
  }

  @Test
  void whoWasRemovedDoesNotComeBackByThemselves() throws Exception {
    String cookie = cookie(signIn("u-1", "rita", List.of("/reviewers")));
    broker.operate("person.remove", "{\"name\":\"rita\"}");

    assertEquals(401, page("/approvals", cookie).statusCode());
    assertEquals(403, signIn("u-1", "rita", List.of("/reviewers")).statusCode());
    assertEquals("", person("rita"));
  }

  @Test
  void whileTheProviderIsDownLinksStillWork() throws Exception {
    provider.goDown();

    assertEquals(503, page("/sign-in/openid", "").statusCode());
    assertEquals(200, broker.signIn("olga").get("/approvals").statusCode());
  }

  @Test
  void theClientsSecretIsOnNoPageAndInNoResult() throws Exception {
    AgentClient agent = broker.agent("a1", "crm.*");
    broker.upstream().answers("{\"id\":\"4812\",\"subject\":\"" + SECRET + "\"}");

    Called read = agent.call("crm.read_ticket", "{\"ticket_id\":\"4812\"}");

    assertEquals("ok", read.code());
    assertFalse(read.raw().contains(SECRET));
    assertFalse(page("/sign-in/openid", "").headers().map().toString().contains(SECRET));
  }

  private record Begun(Map<String, String> query, String cookie) {
    String asked(String name) {
      return query.getOrDefault(name, "");
    }
  }

  private Begun begin() throws Exception {
    HttpResponse<String> sent = page("/sign-in/openid", "");
    assertEquals(303, sent.statusCode());
    URI there = URI.create(sent.headers().firstValue("Location").orElseThrow());
    assertEquals(provider.name() + "/authorize", there.toString().replaceFirst("\\?.*", ""));
    return new Begun(fields(there.getRawQuery()), cookie(sent));
  }

  private TestToken idToken(Begun begun, String subject, String name, List<String> groups) {
    return provider
        .token(subject, "keyward")
        .claim("nonce", begun.asked("nonce"))
        .claim("preferred_username", name)
        .claim("groups", groups);
  }

  private HttpResponse<String> signIn(String subject, String name, List<String> groups)
      throws Exception {
    Begun begun = begin();
    return comeBack(begun, idToken(begun, subject, name, groups));
  }

  private HttpResponse<String> comeBack(Begun begun, TestToken token) throws Exception {
    answerWith(token.signed());
    return page(callback(begun.asked("state")), begun.cookie);
  }

  private void refuses(UnaryOperator<TestToken> change) throws Exception {
    Begun begun = begin();
    TestToken changed = change.apply(idToken(begun, "u-1", "rita", List.of("/staff")));
    assertEquals(403, comeBack(begun, changed).statusCode());
  }

  private void answerWith(String idToken) {
    exchanged = Map.of();
    provider.answers(
        "/token",
        exchange -> {
          String form =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          exchanged = fields(form);
          StandIn.json("{\"access_token\":\"x\",\"id_token\":\"" + idToken + "\"}")
              .answer(exchange);
        });
  }

  private static String callback(String state) {
    return "/sign-in/openid/callback?code=the-code&state=" + state;
  }

  /// {@return the roles of a person as JSON; empty where there is none of that name}
  private String person(String name) {
    return broker
        .operate("person.list", "{}")
        .valueStream()
        .filter(row -> row.get("name").stringValue().equals(name))
        .map(row -> row.get("roles").toString())
        .findFirst()
        .orElse("");
  }

  private String origin() {
    return broker.keyward().peopleUrl().orElseThrow().toString();
  }

  private HttpResponse<String> page(String path, String cookie) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(origin() + path));
    if (!cookie.isEmpty()) {
      request.header("Cookie", cookie);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  /// {@return the cookie that an answer sets, and does not take back}
  private static String cookie(HttpResponse<String> answer) {
    return answer.headers().allValues("Set-Cookie").stream()
        .filter(set -> !set.contains("Max-Age=0"))
        .map(set -> set.split(";", 2)[0])
        .findFirst()
        .orElse("");
  }

  private static Map<String, String> fields(String form) {
    Map<String, String> fields = new HashMap<>();
    for (String field : form.split("&", -1)) {
      String[] parts = field.split("=", 2);
      fields.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
    }
    return fields;
  }
}
