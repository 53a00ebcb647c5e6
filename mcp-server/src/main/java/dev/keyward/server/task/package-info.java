/// Calls whose clients come back for the answer: tasks, of the extension of MCP 2026-07-28.
///
/// The listeners ask [Tasks], which carries each call through the pipeline as any other and keeps
/// what came of it, scrubbed and sealed. It decides nothing and never runs a call that its own
/// agent has not asked for in this run.
@NullMarked
package dev.keyward.server.task;

import org.jspecify.annotations.NullMarked;
