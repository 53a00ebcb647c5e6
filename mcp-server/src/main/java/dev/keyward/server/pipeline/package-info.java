/// The path of a call, from the wire to its answer, and the only way to an upstream.
///
/// Every transport calls [ToolCallPipeline#run]; its stages live in the packages beside this one.
/// It alone catches what stages throw, and it never lets a library's message or a secret out.
@NullMarked
package dev.keyward.server.pipeline;

import org.jspecify.annotations.NullMarked;
