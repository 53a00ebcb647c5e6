-- What people have stopped: everything, an agent, a tool, a target. A stop that was lifted stays as history.
CREATE TABLE stops (
  -- The identity epoch that it advanced to; no two are the same.
  epoch      BIGINT NOT NULL PRIMARY KEY,
  kind       TEXT   NOT NULL,
  name       TEXT   NOT NULL,
  why        TEXT   NOT NULL,
  -- A person's name; empty for whoever runs commands on the broker's machine; ':broker' for itself.
  ordered_by TEXT   NOT NULL,
  ordered_at BIGINT NOT NULL,
  lifted_by  TEXT,
  lifted_at  BIGINT
);

CREATE UNIQUE INDEX one_stop_in_force ON stops (kind, name) WHERE lifted_at IS NULL;
