-- Requests that people have not been told of yet.
CREATE TABLE notices (
  approval TEXT   NOT NULL PRIMARY KEY REFERENCES approvals (id),
  asked_at BIGINT NOT NULL
);

-- Messages that have not arrived yet, as they are sent each time.
CREATE TABLE notice_messages (
  id       TEXT    NOT NULL PRIMARY KEY,
  body     TEXT    NOT NULL,
  made_at  BIGINT  NOT NULL,
  attempts INTEGER NOT NULL,
  next_at  BIGINT  NOT NULL
);
