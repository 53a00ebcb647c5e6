-- Browsers that have asked for a passkey's challenge and not answered it yet. Of what a browser
-- holds the SHA-256 is kept, in hexadecimal.
CREATE TABLE passkey_attempt (
  token_hash TEXT   NOT NULL PRIMARY KEY,
  -- from where it came
  address    TEXT   NOT NULL,
  asked_at   BIGINT NOT NULL
);

CREATE INDEX passkey_attempt_asked ON passkey_attempt (asked_at);
