-- Terminals that wait until a signed-in person lets them in. Of what the terminal holds, and of the
-- code that it shows, the SHA-256 is kept, in hexadecimal.
CREATE TABLE terminal_login (
  device_hash TEXT   NOT NULL PRIMARY KEY,
  code_hash   TEXT   NOT NULL UNIQUE,
  -- what the terminal says of itself, and from where it came
  client      TEXT   NOT NULL,
  host        TEXT   NOT NULL,
  address     TEXT   NOT NULL,
  asked_at    BIGINT NOT NULL,
  -- who has let it in, and since when they are signed in
  person_id   TEXT REFERENCES person (id) ON DELETE CASCADE,
  started_at  BIGINT
);

CREATE INDEX terminal_login_of_person ON terminal_login (person_id);

-- Codes that a person has typed lately and that no terminal shows.
CREATE TABLE terminal_miss (
  person_id TEXT   NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  at        BIGINT NOT NULL
);

CREATE INDEX terminal_miss_of_person ON terminal_miss (person_id, at);

-- 1 for a terminal's session, which opens no page; 0 for a browser's.
ALTER TABLE person_session ADD COLUMN terminal INTEGER NOT NULL DEFAULT 0;
