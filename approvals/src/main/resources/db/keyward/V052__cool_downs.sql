-- A denial that also refuses every other call of the tool in that run for a while.
CREATE TABLE approval_cool_downs (
  run      TEXT NOT NULL,
  tool     TEXT NOT NULL,
  approval TEXT NOT NULL REFERENCES approvals (id),
  until    BIGINT NOT NULL,
  PRIMARY KEY (run, tool)
);
