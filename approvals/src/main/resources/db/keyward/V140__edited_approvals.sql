-- What a person changed about the call before anybody agreed: all of it is there, or none.
ALTER TABLE approvals ADD COLUMN edited_by TEXT;
ALTER TABLE approvals ADD COLUMN edited_at BIGINT;
ALTER TABLE approvals ADD COLUMN edited_summary TEXT;
-- canonical JSON
ALTER TABLE approvals ADD COLUMN edited_arguments TEXT;
ALTER TABLE approvals ADD COLUMN edited_digest TEXT;
