package dev.keyward.server;

import dev.keyward.call.AgentId;
import dev.keyward.redaction.Redacted;
import dev.keyward.redaction.Secret;
import dev.keyward.server.identity.Identity;
import dev.keyward.server.pipeline.Answer;
import dev.keyward.server.pipeline.IncomingCall;
import dev.keyward.server.pipeline.ToolCallPipeline;
import dev.keyward.server.pipeline.ToolListing;
import dev.keyward.server.transport.Broker;

/// What transports see of the broker.
record Front(Identity identity, ToolListing listing, ToolCallPipeline pipeline) implements Broker {
  @Override
  public AgentId authenticate(Secret key) {
    return identity.authenticate(key).agent().id();
  }

  @Override
  public Redacted listTools(Secret key) {
    return listing.list(key);
  }

  @Override
  public Answer call(IncomingCall call) {
    return pipeline.run(call);
  }
}
