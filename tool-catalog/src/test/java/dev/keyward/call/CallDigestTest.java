package dev.keyward.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

final class CallDigestTest {
  private static final RunId RUN = new RunId("run_" + "0".repeat(26));
  private static final RunId OTHER_RUN = new RunId("run_" + "1".repeat(26));
  private static final ToolName TOOL = new ToolName("crm.read_ticket");
  private static final Caller CALLER = caller("triage-1", RUN, Optional.empty());

  @Test
  void theSameCallHasTheSameDigestHoweverItIsWritten() {
    assertEquals(
        digest(CALLER, "crm.read_ticket", "{\"a\":1,\"b\":\"x\"}"),
        digest(CALLER, "crm.read_ticket", "{ \"b\" : \"\\u0078\", \"a\" : 1.0 }"));
  }

  @Test
  void itIsTakenOverTheWholeCallInCanonicalForm() {
    assertEquals("f".length() * 64, CallDigest.of(CALLER, TOOL, arguments("{}")).value().length());
    assertEquals(
        CanonicalJson.sha256(
            new JsonMapper()
                .readTree(
                    "{\"v\":1,\"run\":\""
                        + RUN
                        + "\",\"agent\":\"triage-1\",\"delegator\":\"bob\",\"tool\":\""
                        + TOOL
                        + "\",\"arguments\":{\"a\":1}}")),
        digest(caller("triage-1", RUN, delegator("bob", true)), TOOL.value(), "{\"a\":1}").value());
  }

  @Test
  void anotherRunAgentDelegatorToolOrArgumentIsAnotherCall() {
    CallDigest digest = digest(CALLER, "crm.read_ticket", "{\"a\":1}");

    assertNotEquals(
        digest, digest(caller("triage-1", OTHER_RUN, Optional.empty()), TOOL.value(), "{\"a\":1}"));
    assertNotEquals(
        digest, digest(caller("triage-2", RUN, Optional.empty()), TOOL.value(), "{\"a\":1}"));
    assertNotEquals(
        digest, digest(caller("triage-1", RUN, delegator("bob", true)), TOOL.value(), "{\"a\":1}"));
    assertNotEquals(digest, digest(CALLER, "crm.read_page", "{\"a\":1}"));
    assertNotEquals(digest, digest(CALLER, "crm.read_ticket", "{\"a\":\"1\"}"));
    assertNotEquals(digest, digest(CALLER, "crm.read_ticket", "{\"a\":1,\"b\":null}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "0", "G000000000000000000000000000000000000000000000000000000000000000"})
  void anotherShapeIsRefused(String value) {
    assertThrows(IllegalArgumentException.class, () -> new CallDigest(value));
  }

  private static CallDigest digest(Caller caller, String tool, String arguments) {
    return CallDigest.of(caller, new ToolName(tool), arguments(arguments));
  }

  private static Arguments arguments(String json) {
    return Arguments.of(new JsonMapper().readTree(json));
  }

  private static Optional<Delegator> delegator(String person, boolean verified) {
    return Optional.of(new Delegator(new PersonId(person), verified));
  }

  private static Caller caller(String agent, RunId run, Optional<Delegator> delegator) {
    return new Caller(
        new AgentId(agent), "triage", "support", new PersonId("alice"), run, delegator);
  }
}
