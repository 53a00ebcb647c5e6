-- 1 for what an operator has lent in a reviewer's name, 0 for what the reviewer has lent on the page.
ALTER TABLE review_loan ADD COLUMN by_operator INTEGER NOT NULL DEFAULT 0;
