/// An agent whose decisions a language model makes: asks any chat-completions endpoint of the
/// OpenAI shape what to do, calls the tools that it names, and tells it what came back, until it is
/// done.
///
/// The demo starts it and lends it its tools. It knows neither MCP nor the broker, decides nothing
/// by itself, and never shows the endpoint's key or repeats what the endpoint says in its errors.
@NullMarked
package dev.keyward.demo.llm;

import org.jspecify.annotations.NullMarked;
