/// The load benchmark, `./keyward bench`: a real broker with every protection on, driven over
/// Streamable HTTP, beside the same upstream called directly and through proxies without MCP.
///
/// Every server is a process of its own on loopback, so that its processor time can be told apart.
/// It measures and never judges: it has no thresholds, and no test runs it.
@NullMarked
package dev.keyward.demo.bench;

import org.jspecify.annotations.NullMarked;
