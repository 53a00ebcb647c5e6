package dev.keyward.server.config;

import java.net.URI;
import java.nio.file.Path;

/// Where messages go that something waits for people.
///
/// @param secretFile its first line is the key with which they are signed
public record WebhookSettings(URI url, Path secretFile) {}
