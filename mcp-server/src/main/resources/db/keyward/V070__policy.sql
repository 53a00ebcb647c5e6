-- What policy rules count: every write, and the reads that a rule names, from the intent on.
-- A call in an inner run has a row for every agent and run around it, too.
CREATE TABLE policy_calls (
  call  TEXT   NOT NULL,
  run   TEXT   NOT NULL,
  agent TEXT   NOT NULL,
  tool  TEXT   NOT NULL,
  at    BIGINT NOT NULL,
  PRIMARY KEY (call, agent, run)
);

CREATE INDEX policy_calls_agent ON policy_calls (agent, at);
CREATE INDEX policy_calls_run ON policy_calls (run);
CREATE INDEX policy_calls_at ON policy_calls (at);

-- The numeric arguments that rules sum.
CREATE TABLE policy_amounts (
  call     TEXT             NOT NULL,
  argument TEXT             NOT NULL,
  amount   DOUBLE PRECISION NOT NULL,
  PRIMARY KEY (call, argument)
);
