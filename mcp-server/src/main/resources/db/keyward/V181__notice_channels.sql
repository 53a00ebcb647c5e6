-- By which way a message goes, and to which person where it goes to one.
ALTER TABLE notice_messages ADD COLUMN channel TEXT NOT NULL DEFAULT 'webhook';
ALTER TABLE notice_messages ADD COLUMN recipient TEXT;
