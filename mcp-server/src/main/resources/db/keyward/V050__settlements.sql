-- What people found about writes of which the broker did not know whether they took effect. The write
-- itself goes from UNKNOWN to HAPPENED or DID_NOT_HAPPEN.
CREATE TABLE settlements (
  call         TEXT PRIMARY KEY REFERENCES writes (call),
  person       TEXT NOT NULL,
  effect       TEXT NOT NULL,
  note         TEXT NOT NULL,
  settled_at   BIGINT NOT NULL,
  independence TEXT NOT NULL
);

CREATE INDEX unknown_writes ON writes (begun_at) WHERE state = 'UNKNOWN';
-- The agent is told once that an identical write did happen.
CREATE INDEX untold_writes ON writes (action) WHERE state = 'HAPPENED' AND told = 0;
