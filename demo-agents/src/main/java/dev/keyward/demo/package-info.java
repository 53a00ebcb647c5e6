/// The demo: two stand-in companies, three agents that speak MCP, and people who decide on the
/// page; started by the launcher's `demo`.
///
/// Stories report what they saw to `Claims`; the exit code is theirs. The agents never see the
/// broker's classes: they have its address and a key. Only `DemoBroker` starts the broker.
@NullMarked
package dev.keyward.demo;

import org.jspecify.annotations.NullMarked;
