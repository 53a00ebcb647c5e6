-- What an agent itself says about a request: its first words, which nobody has checked.
CREATE TABLE agent_reasons (
  approval TEXT NOT NULL PRIMARY KEY REFERENCES approvals (id),
  reason   TEXT NOT NULL,
  given_at BIGINT NOT NULL
);
