-- How the call that used it ended: DONE, FAILED or UNKNOWN; empty of those from before, and of what was not used.
ALTER TABLE approvals ADD COLUMN call_end TEXT;
