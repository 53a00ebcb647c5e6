CREATE TABLE runs (
  id        TEXT PRIMARY KEY,
  agent     TEXT NOT NULL,
  key_id    TEXT NOT NULL,
  opened_at BIGINT NOT NULL,
  used_at   BIGINT NOT NULL,
  ended_at  BIGINT,
  why       TEXT
);

CREATE UNIQUE INDEX one_standing_run_per_key ON runs (key_id) WHERE ended_at IS NULL;
