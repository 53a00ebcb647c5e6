-- What is asked about: a CALL, or a GRANT, which is more for a run.
ALTER TABLE approvals ADD COLUMN subject TEXT NOT NULL DEFAULT 'CALL';
