-- Which reader (a way, and a person where it goes to one, else '') is told of which request: not yet,
-- or with which message. From `expires` on it waits no more; 0 once it is over.
CREATE TABLE tellings (
  approval  TEXT    NOT NULL REFERENCES approvals (id),
  channel   TEXT    NOT NULL,
  recipient TEXT    NOT NULL,
  run       TEXT    NOT NULL,
  -- 1: not to be gathered
  urgent    INTEGER NOT NULL,
  asked     BIGINT  NOT NULL,
  expires   BIGINT  NOT NULL,
  message   TEXT,
  told      BIGINT,
  PRIMARY KEY (approval, channel, recipient)
);

CREATE INDEX tellings_untold ON tellings (channel, recipient, run) WHERE told IS NULL;
CREATE INDEX tellings_told ON tellings (told);
