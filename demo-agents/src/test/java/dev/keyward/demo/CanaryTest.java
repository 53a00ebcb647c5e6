package dev.keyward.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.demo.company.CompanyKey;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CanaryTest {
  private static final CompanyKey CRM = CompanyKey.crm(new Random(1));
  private static final CompanyKey PAYMENTS = CompanyKey.payments(new Random(2));
  private static final String KEY = CRM.reveal();

  private final Canary canary = new Canary(Map.of("crm", CRM, "payments", PAYMENTS));

  @ParameterizedTest
  @MethodSource("disguises")
  void aKeyIsFoundInEveryDisguise(String disguise) {
    assertEquals("crm", canary.find("before " + disguise + " after").orElseThrow().owner());
  }

  static Stream<String> disguises() {
    return Stream.of(
        KEY,
        new StringBuilder(KEY).reverse().toString(),
        HexFormat.of().formatHex(bytes(KEY)),
        HexFormat.of().formatHex(bytes(KEY)).toUpperCase(Locale.ROOT),
        URLEncoder.encode(KEY, StandardCharsets.UTF_8),
        URLEncoder.encode(KEY, StandardCharsets.UTF_8).replace("%2F", "%2f").replace("%2B", "%2b"),
        KEY.replace("/", "\\/").replace("+", "\\u002b"),
        KEY.substring(0, 12) + "\n  " + KEY.substring(12),
        KEY.substring(5, 25));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "ab", "Bearer ", "user:", "crm-sync:x"})
  void aKeyIsFoundInBase64WhateverStandsBeforeAndAfterIt(String before) {
    for (String after : new String[] {"", "\n", ":x", "xyz"}) {
      byte[] text = bytes(before + KEY + after);
      assertTrue(canary.find(Base64.getEncoder().encodeToString(text)).isPresent());
      assertTrue(
          canary.find(Base64.getUrlEncoder().withoutPadding().encodeToString(text)).isPresent());
      assertTrue(
          canary.find(Base64.getMimeEncoder(20, bytes("\r\n")).encodeToString(text)).isPresent());
    }
  }

  @Test
  void theOtherKeyIsFoundUnderItsOwnName() {
    assertEquals("payments", canary.find("x" + PAYMENTS.reveal()).orElseThrow().owner());
  }

  @Test
  void whatIsNoKeyIsNotFound() {
    assertTrue(canary.find("crm_live_ sk_test_ [redacted] " + CRM.fingerprint()).isEmpty());
    assertTrue(canary.find(CompanyKey.crm(new Random(9)).reveal()).isEmpty());
    assertTrue(canary.find("").isEmpty());
  }

  @Test
  void theMaskLeavesNoKeyAndTheRestAsItIs() {
    String base64 = Base64.getEncoder().encodeToString(bytes("Bearer " + KEY));

    String masked = canary.mask("one " + KEY + " two " + base64 + " three");

    assertTrue(canary.find(masked).isEmpty());
    assertTrue(masked.startsWith("one ") && masked.endsWith(" three"));
    assertFalse(masked.contains(KEY));
    assertEquals("nothing here", canary.mask("nothing here"));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
