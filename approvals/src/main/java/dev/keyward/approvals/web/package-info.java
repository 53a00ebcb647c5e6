/// The pages on which people sign in and decide, and the store of those people.
///
/// The server's transport mounts the servlets and filters that [ApprovalPages] lists on the
/// people's listener. Nothing here runs a call, reads a secret, or opens to an agent's key; nothing
/// decides on a GET.
@NullMarked
package dev.keyward.approvals.web;

import org.jspecify.annotations.NullMarked;
