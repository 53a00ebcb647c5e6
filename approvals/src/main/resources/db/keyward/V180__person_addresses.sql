-- Where a person is told by mail that something waits for them.
ALTER TABLE person ADD COLUMN email TEXT;
