-- How things were before a call that people were asked about, as they were read once for them. The
-- code says what came of it; the content is sealed, and is gone once the run has ended.
CREATE TABLE approval_previews (
  approval TEXT NOT NULL PRIMARY KEY REFERENCES approvals (id),
  tool TEXT NOT NULL,
  read_at BIGINT NOT NULL,
  code TEXT NOT NULL,
  content TEXT
);
