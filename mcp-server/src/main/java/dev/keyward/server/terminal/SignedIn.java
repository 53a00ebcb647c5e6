package dev.keyward.server.terminal;

import dev.keyward.redaction.Secret;
import java.net.URI;

/// A terminal that a person has let in.
///
/// @param broker where the broker's pages are
/// @param person who has
/// @param token what the broker gave it
public record SignedIn(URI broker, String person, Secret token) {}
