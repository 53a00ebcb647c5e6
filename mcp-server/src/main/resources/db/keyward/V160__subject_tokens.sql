-- Tokens of people for whom runs act, where a credential is made in exchange for them: sealed, and only as
-- long as their run goes on.
CREATE TABLE subject_tokens (
  run        TEXT   NOT NULL PRIMARY KEY,
  person     TEXT   NOT NULL,
  issuer     TEXT   NOT NULL,
  expires_at BIGINT NOT NULL,
  sealed     TEXT   NOT NULL
);
