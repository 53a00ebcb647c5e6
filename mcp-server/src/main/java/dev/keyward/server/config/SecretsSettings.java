package dev.keyward.server.config;

import java.time.Duration;

/// The embedded store: the section `secrets` of the settings.
///
/// @param masterKey where the master key is
/// @param keepReplaced how long a replaced version is still scrubbed, and can be put back
public record SecretsSettings(MasterKeyPlace masterKey, Duration keepReplaced) {}
