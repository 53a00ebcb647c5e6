/// How MCP clients reach the pipeline: Streamable HTTP, the older HTTP+SSE, standard input and
/// output, and the bridge.
///
/// The command line starts what is here and hands it a [Broker]; nothing here decides anything.
/// What an agent is sent is a listing or an [dev.keyward.server.pipeline.Answer], both scrubbed, or
/// a sentence fixed in this package: never a library's message, never a stack trace. The types of
/// the MCP SDK, Jetty and Reactor stay inside.
@NullMarked
package dev.keyward.server.transport;

import org.jspecify.annotations.NullMarked;
