-- The handles in the arguments, as JSON: text, kind, from which tool, when, digest of the value.
ALTER TABLE approvals ADD COLUMN handles TEXT NOT NULL DEFAULT '[]';
