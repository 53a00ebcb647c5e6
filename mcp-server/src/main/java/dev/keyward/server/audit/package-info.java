/// The record of what happened, which an auditor can verify without trusting the broker.
///
/// Every stage that does something worth knowing appends an [AuditEvent] to the [AuditLog] inside
/// the transaction of what it records. Events form hash chains, one for each start of a replica;
/// [Checkpoints] signs the heads of all chains into a file outside the database, and
/// [AuditVerifier] checks database and file offline. Arguments lie beside the chain, encrypted and
/// erasable, in the [ArgumentVault].
///
/// Called by the pipeline, the approvals (as their listener) and the command line. Never in a
/// record: an argument's value, a secret, a library's message, or text that an agent chose freely.
@NullMarked
package dev.keyward.server.audit;

import org.jspecify.annotations.NullMarked;
