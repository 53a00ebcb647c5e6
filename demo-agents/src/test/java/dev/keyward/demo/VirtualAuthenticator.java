package dev.keyward.demo;

import com.google.gson.JsonObject;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.Page;

/// A finger, a face or a PIN in Chromium: an authenticator that answers without asking anybody.
final class VirtualAuthenticator {
  private final CDPSession session;
  private final String id;

  private VirtualAuthenticator(CDPSession session, String id) {
    this.session = session;
    this.id = id;
  }

  /// Puts one into a page.
  static VirtualAuthenticator in(Page page) {
    CDPSession session = page.context().newCDPSession(page);
    session.send("WebAuthn.enable");
    var options = new JsonObject();
    options.addProperty("protocol", "ctap2");
    options.addProperty("transport", "internal");
    options.addProperty("hasResidentKey", true);
    options.addProperty("hasUserVerification", true);
    options.addProperty("isUserVerified", true);
    var arguments = new JsonObject();
    arguments.add("options", options);
    JsonObject added = session.send("WebAuthn.addVirtualAuthenticator", arguments);
    return new VirtualAuthenticator(session, added.get("authenticatorId").getAsString());
  }

  /// Says whether it recognizes the person from now on.
  void verifies(boolean recognized) {
    var arguments = new JsonObject();
    arguments.addProperty("authenticatorId", id);
    arguments.addProperty("isUserVerified", recognized);
    session.send("WebAuthn.setUserVerified", arguments);
  }
}
