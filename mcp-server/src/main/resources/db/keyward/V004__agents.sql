CREATE TABLE agents (
  id         TEXT PRIMARY KEY,
  type       TEXT NOT NULL,
  workspace  TEXT NOT NULL,
  owner      TEXT NOT NULL,
  tools      TEXT NOT NULL,
  tool_names TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  revoked_at BIGINT
);

-- A key is never stored: only its SHA-256, which names it too.
CREATE TABLE agent_keys (
  hash       TEXT PRIMARY KEY,
  agent      TEXT NOT NULL REFERENCES agents (id),
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  revoked_at BIGINT
);

CREATE INDEX agent_keys_by_agent ON agent_keys (agent);
