/// Handles: opaque stand-ins for secrets that were found in results.
///
/// The pipeline gives them in stage 9, checks them in stage 3 and puts the values back in stage 8.
/// A value lies sealed in the database until its run ends, and never leaves but in a request to
/// where its handle may go; credentials of the broker never become handles.
@NullMarked
package dev.keyward.server.handle;

import org.jspecify.annotations.NullMarked;
