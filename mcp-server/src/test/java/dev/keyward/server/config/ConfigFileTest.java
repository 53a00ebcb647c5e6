package dev.keyward.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is said of settings that cannot be used: line, field, rule, and what is allowed there.
final class ConfigFileTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      value = {
        "agent: {}                          ~ /agent: is not a field that is known here; known are"
            + " agents, people,",
        "agents: {listn: x}                 ~ /agents/listn: is not a field that is known here;"
            + " known are listen, url, hosts, origins, list_at_most",
        "agents: {listen: 7410}             ~ /agents/listen: must be text",
        "agents: {listen: localhost}        ~ /agents/listen: must be a host and a port, for",
        "agents: {origins: [https://a.example, canary]} ~ /agents/origins/1: must be scheme, host",
        "egress: {private_origins: [http://a, canary]} ~ /egress/private_origins/1: must be scheme",
        "egress: {ca_files: {https://a: b, https://canary/: b}} ~ /egress/ca_files/1: must be",
        "egress: {ca_files: {canary: b}}    ~ /egress/ca_files/canary: is not a name that is"
            + " allowed here; it must match the pattern ^https://",
        "policy: {allow: [{tools: crm.*}]}  ~ /policy/allow/0/tools: is not a field that is known"
            + " here; known are tool, agents",
        "approvals: {expire_after_minutes: 30m} ~ /approvals/expire_after_minutes: must be a whole"
            + " number",
        "approvals: {passkeys: true}        ~ /approvals/passkeys: must be one of offered,"
            + " required",
        "credentials: {Gh: {kind: endpoint}} ~ /credentials/Gh: is not a name that is allowed here;"
            + " it must match the pattern ^[a-z]",
        "credentials: {gh: {knd: endpoint}} ~ /credentials/gh/knd: is not a field that is known",
        "vault: {address: [https://a, canary], auth: {token_file: t}} ~ /vault/address/1: must be",
        "vault: {address: https://a, auth: {approl: {}}} ~ /vault/auth/approl: is not a field that"
            + " is known here; known are token_file, token_env, approle, jwt, cert, kubernetes",
        "issuers: [{issuer: canary, agents: [{when: {a: b}, agent: c}]}] ~ /issuers/0/issuer: must"
            + " be an https:// URL",
      })
  void aTypoIsToldByLineFieldAndRuleAndWhatIsAllowed(String yaml, String problem) {
    String said = said("# settings\n" + yaml + "\n");

    assertTrue(said.startsWith("config.yaml, line 2, " + problem), said);
  }

  @Test
  void whatIsNoPlainWordIsToldByItsPlaceForItMayBeAKey() {
    String said = said("agents: {}\n'sk live canary': {}\n");

    assertTrue(said.contains("/: has as field number 2 what is not a field that is known"), said);
    assertFalse(said.contains("canary"), said);
  }

  @Test
  void aTypeOfPersonalDataThatIsNoneIsToldByItsFieldAndTheKnownOnes() {
    var unusable =
        assertThrows(
            IllegalArgumentException.class,
            () -> RulesFile.open(Optional.empty(), Set.of("canary"), InstantSource.system()));

    String said = String.valueOf(unusable.getMessage());
    assertTrue(
        said.startsWith("config.yaml, /redaction/personal_data: must have only all, "), said);
    assertFalse(said.contains("canary"), said);
  }

  @Test
  void noValueIsEverTold() {
    for (String yaml :
        new String[] {
          "agents: {listen: canary}",
          "agents: {origins: [canary]}",
          "approvals: {passkeys: canary}",
          "egress: {private_origins: [http://canary/x]}",
          "database: {url: canary}"
        }) {
      assertFalse(said(yaml).contains("canary"), yaml);
    }
  }

  private static String said(String yaml) {
    var unusable =
        assertThrows(
            ConfigFile.Unusable.class,
            () -> ConfigFile.parse(new Home(Path.of("nowhere")), yaml),
            yaml);
    String said = String.valueOf(unusable.getMessage());
    assertEquals(1, said.lines().count(), said);
    return said;
  }
}
