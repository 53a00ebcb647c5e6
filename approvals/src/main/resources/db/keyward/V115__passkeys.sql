-- A person's passkey, in base64url. Nothing in it is secret.
CREATE TABLE person_passkey (
  person_id  TEXT   NOT NULL PRIMARY KEY REFERENCES person (id) ON DELETE CASCADE,
  credential TEXT   NOT NULL UNIQUE,
  public_key TEXT   NOT NULL,
  added_at   BIGINT NOT NULL
);

-- What a passkey made of a decision, as JSON.
ALTER TABLE approval_decisions ADD COLUMN receipt TEXT;
