-- Since when a place is lent without interruption: what was approved in it before is not of this loan.
ALTER TABLE review_loan ADD COLUMN since_at BIGINT NOT NULL DEFAULT 0;
