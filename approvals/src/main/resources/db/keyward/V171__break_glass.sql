-- Somebody may have approved as a reviewer before they break the glass for the same request, so a
-- person has one answer in each role. An engine changes no constraint in place; both make tables anew.
CREATE TABLE approval_answers (
  approval     TEXT NOT NULL REFERENCES approvals (id),
  position     INTEGER NOT NULL,
  person       TEXT NOT NULL,
  role         TEXT NOT NULL,
  verdict      TEXT NOT NULL,
  reason       TEXT NOT NULL,
  decided      BIGINT NOT NULL,
  independence TEXT NOT NULL,
  step_up      TEXT NOT NULL,
  view_digest  TEXT NOT NULL DEFAULT '',
  receipt      TEXT,
  -- where whoever broke the glass has said why
  ticket       TEXT,
  PRIMARY KEY (approval, position),
  UNIQUE (approval, person, role)
);

INSERT INTO approval_answers (approval, position, person, role, verdict, reason, decided,
  independence, step_up, view_digest, receipt)
SELECT approval, position, person, role, verdict, reason, decided,
  independence, step_up, view_digest, receipt
FROM approval_decisions;

DROP TABLE approval_decisions;
ALTER TABLE approval_answers RENAME TO approval_decisions;

-- What somebody else has to look at afterwards; closed_at is empty until they have.
CREATE TABLE glass_review (
  approval  TEXT   NOT NULL PRIMARY KEY REFERENCES approvals (id),
  opened_at BIGINT NOT NULL,
  closed_at BIGINT,
  closed_by TEXT,
  justified INTEGER,
  note      TEXT
);

CREATE INDEX glass_review_open ON glass_review (opened_at) WHERE closed_at IS NULL;
