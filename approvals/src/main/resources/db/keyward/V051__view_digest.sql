-- SHA-256 over all that the page showed to the person who decided.
ALTER TABLE approval_decisions ADD COLUMN view_digest TEXT NOT NULL DEFAULT '';
