/// Credentials in Vault or OpenBao: values of KV version 2 engines, read when they are needed.
///
/// [VaultCredentials] is the store that the broker joins under the name `vault`. Behind it the
/// session keeps one token alive, the reader knows the engine's paths and answers, and
/// [VaultClient] is the only class that knows the Vault Java Driver. Nothing here writes to an
/// engine, reads a variable or a file that the settings do not name, follows a redirect, keeps a
/// value on disk, or passes on a word of the driver's or of Vault's: an error's body can hold a
/// secret id.
@NullMarked
package dev.keyward.server.credential.vault;

import org.jspecify.annotations.NullMarked;
