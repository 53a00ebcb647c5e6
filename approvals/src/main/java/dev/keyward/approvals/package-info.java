/// What people are asked before a flagged call runs, what they answered, and that each answer is
/// used once.
///
/// The pipeline asks and redeems, the page lists and decides, the command line lists. A request is
/// one row and its states are compare-and-set steps, each told to an [ApprovalListener] in the same
/// transaction. Nothing here executes a call, knows a web page, or decides for a person: silence
/// means no.
@NullMarked
package dev.keyward.approvals;

import org.jspecify.annotations.NullMarked;
