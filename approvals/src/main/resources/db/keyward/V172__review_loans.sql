-- Reviewers who have lent their place to somebody else for a while: one loan from each to each.
CREATE TABLE review_loan (
  lender   TEXT   NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  borrower TEXT   NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  until_at BIGINT NOT NULL,
  PRIMARY KEY (lender, borrower)
);

CREATE INDEX review_loan_of_borrower ON review_loan (borrower, until_at);

-- In whose place a person has decided, where it was not their own.
ALTER TABLE approval_decisions ADD COLUMN in_place_of TEXT;
