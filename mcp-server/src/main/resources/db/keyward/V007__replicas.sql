-- What several brokers over one database have to know of each other.

-- Every intent of the chain before this record has its outcome, so that a start looks no further back.
ALTER TABLE audit_chains ADD COLUMN open_from BIGINT NOT NULL DEFAULT 1;
-- 1 once a later start of its own replica has named it: no record may follow.
ALTER TABLE audit_chains ADD COLUMN ended INTEGER NOT NULL DEFAULT 0;

-- Advanced by each change after which an agent's key, or a run, may count no longer.
CREATE TABLE identity_epoch (
  id    INTEGER NOT NULL PRIMARY KEY,
  epoch BIGINT  NOT NULL
);

INSERT INTO identity_epoch (id, epoch) VALUES (1, 0);

-- Signs of life: a broker advances its own; one that stands still belongs to a broker that is gone.
CREATE TABLE replica_beats (
  chain TEXT   NOT NULL PRIMARY KEY,
  beat  BIGINT NOT NULL
);

-- What must be the same for all brokers over this database, for example a check value of the master key.
CREATE TABLE common_values (
  name  TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
);
