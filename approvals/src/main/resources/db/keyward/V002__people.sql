-- People who may sign in and decide. Their links and sessions end with them.
-- Tokens are kept as the SHA-256 of what the browser holds, in hexadecimal.

CREATE TABLE person (
  id       TEXT   NOT NULL PRIMARY KEY,
  added_at BIGINT NOT NULL
);

CREATE TABLE person_role (
  person_id TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  role      TEXT NOT NULL,
  PRIMARY KEY (person_id, role)
);

CREATE TABLE sign_in_link (
  token_hash TEXT   NOT NULL PRIMARY KEY,
  person_id  TEXT   NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  expires_at BIGINT NOT NULL
);

CREATE INDEX sign_in_link_of_person ON sign_in_link (person_id);

CREATE TABLE person_session (
  token_hash TEXT   NOT NULL PRIMARY KEY,
  person_id  TEXT   NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  started_at BIGINT NOT NULL,
  seen_at    BIGINT NOT NULL
);

CREATE INDEX person_session_of_person ON person_session (person_id);
