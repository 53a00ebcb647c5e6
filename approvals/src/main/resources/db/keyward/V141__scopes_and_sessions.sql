-- Of which requests a person is a reviewer: TOOL patterns, SYSTEMs, WORKSPACEs. Of a kind that has no
-- row, all.
CREATE TABLE person_scope (
  person_id TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  kind      TEXT NOT NULL,
  name      TEXT NOT NULL,
  PRIMARY KEY (person_id, kind, name)
);

-- What the browser calls itself, for the person's own eyes.
ALTER TABLE person_session ADD COLUMN browser TEXT NOT NULL DEFAULT '';
