-- Further calls like an approved one, in the same run, about which nobody is asked again.
CREATE TABLE approval_allowances (
  approval TEXT NOT NULL PRIMARY KEY REFERENCES approvals (id),
  run      TEXT NOT NULL,
  tool     TEXT NOT NULL,
  -- the arguments that may differ, as a JSON array of names; all others are as in the approval
  free     TEXT NOT NULL,
  -- how many are left
  uses     INTEGER NOT NULL,
  until    BIGINT NOT NULL
);

CREATE INDEX approval_allowances_run ON approval_allowances (run, tool);

-- The approval whose allowance answered for this one.
ALTER TABLE approvals ADD COLUMN allowed_by TEXT;
