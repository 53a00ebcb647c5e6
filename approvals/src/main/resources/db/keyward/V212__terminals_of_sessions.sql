-- The hash of the browser's session that let a terminal in, with which the terminal's ends.
ALTER TABLE terminal_login ADD COLUMN let_in_by TEXT;
ALTER TABLE person_session ADD COLUMN let_in_by TEXT;
