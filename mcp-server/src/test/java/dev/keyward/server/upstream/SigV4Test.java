package dev.keyward.server.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.keyward.redaction.Secret;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Against the signatures that AWS publishes with its test suite.
final class SigV4Test {
  private static final Instant TIME = Instant.parse("2015-08-30T12:36:00Z");
  private static final Secret KEY =
      Secret.of("AKIDEXAMPLE:wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
  private static final SigV4 SERVICE = new SigV4("service", "us-east-1");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET|''|5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
        "GET|Param2=value2&Param1=value1"
            + "|b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
        "POST|''|5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
      })
  void aRequestIsSignedAsAwsPublishesIt(String method, String query, String signature) {
    Map<String, Secret> headers = sign(method, query, KEY);

    assertEquals(
        Secret.of(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request,"
                + " SignedHeaders=host;x-amz-date, Signature="
                + signature),
        headers.get("authorization"));
    assertEquals(Secret.of("20150830T123600Z"), headers.get("x-amz-date"));
  }

  @Test
  void aSessionIsSignedToo() {
    Map<String, Secret> headers = sign("GET", "", Secret.of("AKID:secret:to:ken"));

    assertEquals(Secret.of("to:ken"), headers.get("x-amz-security-token"));
    assertEquals(Set.of("authorization", "x-amz-date", "x-amz-security-token"), headers.keySet());
    assertNotEquals(
        headers.get("authorization"),
        sign("GET", "", Secret.of("AKID:secret:other")).get("authorization"));
  }

  @Test
  void theQueryIsSpelledAndOrderedInOneWay() {
    assertEquals("a=1&a-b=2&b=x%20y&c=", SigV4.query("c&b=x+y&a-b=2&a=1"));
    assertEquals("a=%2F%2A~", SigV4.query("a=/*%7E"));
  }

  @ParameterizedTest
  @CsvSource({"AKID", "AKID:", ":secret"})
  void aKeyOfAnotherShapeSignsNothing(String key) {
    var request = new SigV4.Signed("GET", "example.amazonaws.com", "/", "", "");

    assertEquals(Optional.empty(), SERVICE.sign(request, Secret.of(key), TIME));
  }

  private static Map<String, Secret> sign(String method, String query, Secret key) {
    var request = new SigV4.Signed(method, "example.amazonaws.com", "/", SigV4.query(query), "");
    return SERVICE.sign(request, key, TIME).orElseThrow();
  }
}
