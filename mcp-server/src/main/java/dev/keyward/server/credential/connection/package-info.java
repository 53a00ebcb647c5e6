/// The accounts that people have connected: refresh tokens, sealed in the database.
///
/// [SqlConnections] lends each token to one caller at a time, at whichever broker, and has a new
/// one on disk before the old one is forgotten. Nothing here asks an issuer.
@NullMarked
package dev.keyward.server.credential.connection;

import org.jspecify.annotations.NullMarked;
