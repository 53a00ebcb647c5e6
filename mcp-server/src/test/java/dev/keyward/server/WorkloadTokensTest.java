package dev.keyward.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The examples of `docs/identity.md`, with tokens as these issuers make them.
@Timeout(120)
final class WorkloadTokensTest {
  private static final String AUDIENCE = "https://keyward.example.com/mcp";

  @TempDir Path folder;
  private final TestIssuer issuer = new TestIssuer(new SettableClock());

  @SuppressWarnings("NullAway.Init") // each test starts it with settings of its own
  private TestBroker broker;

  @AfterEach
  void stop() {
    broker.close();
    issuer.close();
  }

  @Test
  void gitHubActions() throws Exception {
    start(
        """
          - issuer: %s
            audience: %s
            advertise: false
            agents:
              - when: {repository_id: "74", ref: refs/heads/main, job_workflow_ref: "acme/shop/.github/workflows/release.yml@*/*/main"}
                agent: one
        """
            .formatted(issuer.name(), AUDIENCE));

    assertEquals(200, statusOf(gitHub("refs/heads/main", "release.yml")));
    assertEquals(401, statusOf(gitHub("refs/heads/feature", "release.yml")));
    assertEquals(401, statusOf(gitHub("refs/heads/main", "other.yml")));
    assertEquals(
        401, statusOf(gitHub("refs/heads/main", "release.yml").claim("repository_id", "75")));
  }

  @Test
  void kubernetesServiceAccounts() throws Exception {
    start(
        """
          - issuer: %s
            audience: keyward
            jwks_uri: %s
            agents:
              - when: {sub: "system:serviceaccount:agents:*", /kubernetes.io/namespace: agents}
                agent: one
        """
            .formatted("https://kubernetes.default.svc.cluster.local", issuer.jwksUri()));

    assertEquals(200, statusOf(kubernetes("agents", "triage")));
    assertEquals(401, statusOf(kubernetes("default", "triage")));
    assertEquals(
        401,
        statusOf(kubernetes("agents", "triage").claim("aud", "https://kubernetes.default.svc")));
    assertEquals(401, statusOf(kubernetes("agents", "x:agents:triage")));
  }

  @Test
  void spiffe() throws Exception {
    Path keys = Files.writeString(folder.resolve("bundle.json"), bundle());
    start(
        """
          - issuer: https://oidc.example.org
            audience: keyward
            jwks_file: %s
            algorithms: [RS256, ES256]
            agents:
              - {when: {sub: "spiffe://example.org/agents/*"}, agent: one}
        """
            .formatted(keys));

    assertEquals(200, statusOf(svid("spiffe://example.org/agents/triage")));
    assertEquals(401, statusOf(svid("spiffe://example.org/agents/triage/admin")));
    assertEquals(401, statusOf(svid("spiffe://evil.example/agents/triage")));
  }

  @Test
  void keycloakRolesAndGroups() throws Exception {
    start(
        """
          - issuer: %s
            audience: %s
            agents:
              - {when: {azp: desk, /realm_access/roles: agent}, agent: one}
        """
            .formatted(issuer.name(), AUDIENCE));

    assertEquals(200, statusOf(keycloak("[\"offline_access\",\"agent\"]")));
    assertEquals(401, statusOf(keycloak("[\"offline_access\",\"agents\"]")));
    assertEquals(401, statusOf(keycloak("{\"agent\":true}")));
  }

  private void start(String issuers) throws Exception {
    broker = TestBroker.in(folder, "issuers:\n" + issuers);
    broker.operate(
        "agent.add", "{\"name\":\"one\",\"owner\":\"olga\",\"tools\":[\"crm.*\"],\"no_key\":true}");
  }

  private TestToken gitHub(String ref, String workflow) {
    return issuer
        .token("repo:acme/shop:ref:" + ref, AUDIENCE)
        .claim("repository", "acme/shop")
        .claim("repository_id", "74")
        .claim("ref", ref)
        .claim("job_workflow_ref", "acme/shop/.github/workflows/" + workflow + "@" + ref)
        .claim("run_id", "1");
  }

  private TestToken kubernetes(String namespace, String account) {
    return issuer
        .token("system:serviceaccount:" + namespace + ":" + account, "keyward")
        .claim("iss", "https://kubernetes.default.svc.cluster.local")
        .header("typ", null)
        .claimJson(
            "kubernetes.io",
            "{\"namespace\":\"%s\",\"serviceaccount\":{\"name\":\"%s\"}}"
                .formatted(namespace, account));
  }

  private TestToken svid(String id) {
    return issuer.token(id, "keyward").claim("iss", "https://oidc.example.org");
  }

  /// As SPIRE writes it: JWT keys and X.509 authorities in one set.
  private String bundle() {
    return "{\"keys\":["
        + issuer.jwk().put("use", "jwt-svid")
        + ",{\"use\":\"x509-svid\",\"kty\":\"EC\",\"crv\":\"P-256\"}],\"spiffe_sequence\":1}";
  }

  private TestToken keycloak(String roles) {
    return issuer
        .token("0a1b", AUDIENCE)
        .claim("azp", "desk")
        .claim("typ", "Bearer")
        .claimJson("realm_access", "{\"roles\":" + roles + "}");
  }

  private int statusOf(TestToken token) {
    return broker.stranger(token.signed()).initialize().status();
  }
}
