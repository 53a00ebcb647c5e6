/// Agents that come with a token of a trusted issuer (OAuth 2.1 resource server).
///
/// Identity asks it about whatever is no key. Which token is which agent stands in the settings;
/// what the agent may do stands with the agent, and a token's scope can only take away from it. A
/// token goes no further than this, unless the settings say that those of its issuer are exchanged
/// for others (RFC 8693): then it is kept, sealed, while its run goes on.
@NullMarked
package dev.keyward.server.identity.oauth;

import org.jspecify.annotations.NullMarked;
