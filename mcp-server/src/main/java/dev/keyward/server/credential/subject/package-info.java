/// The tokens of people for whom runs act, sealed in the database while those runs go on.
///
/// [SqlSubjects] is handed them where runs are opened, and gives each to the mint of its own run.
/// Nothing here asks an issuer; nothing is kept unless the settings exchange tokens of its issuer.
@NullMarked
package dev.keyward.server.credential.subject;

import org.jspecify.annotations.NullMarked;
