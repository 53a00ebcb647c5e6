/// Tells people elsewhere that something waits for them: a durable outbox, and the ways by which it
/// is emptied: a signed webhook, mail, Slack, Teams.
///
/// A message says which tool, how dangerous, which agent, and where to read and decide. It holds no
/// argument, no text of an agent, and nothing that decides or signs in: the link is the page's own.
/// Nothing that happens here, or at the other end, holds up or changes a request.
@NullMarked
package dev.keyward.server.notice;

import org.jspecify.annotations.NullMarked;
