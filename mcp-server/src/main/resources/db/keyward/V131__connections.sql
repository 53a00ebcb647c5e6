-- Accounts that were connected: the refresh token of each, sealed. It lies here and not in the embedded
-- store since its issuer may replace it at each use, at whichever broker that is.
CREATE TABLE connections (
  -- what config.yaml calls it
  name         TEXT    NOT NULL PRIMARY KEY,
  -- CONNECTED, or LOST once its issuer has refused the token
  state        TEXT    NOT NULL,
  scope        TEXT    NOT NULL,
  -- advanced with each token
  version      BIGINT  NOT NULL,
  connected_at BIGINT  NOT NULL,
  used_at      BIGINT  NOT NULL,
  -- advanced whenever a broker takes the token to use it; 1 while it has it
  turn         BIGINT  NOT NULL,
  taken        INTEGER NOT NULL,
  sealed       TEXT
);
