-- Who a person is to somebody else who signs people in. An identity whose person was removed stays,
-- without a person, so that signing in again does not bring them back.
CREATE TABLE person_identity (
  issuer    TEXT   NOT NULL,
  subject   TEXT   NOT NULL,
  person_id TEXT,
  bound_at  BIGINT NOT NULL,
  PRIMARY KEY (issuer, subject)
);

CREATE UNIQUE INDEX one_identity_of_an_issuer ON person_identity (person_id, issuer);
