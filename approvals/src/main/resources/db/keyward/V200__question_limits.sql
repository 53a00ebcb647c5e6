-- The agent that set a question off, under whose name it is counted.
ALTER TABLE approvals ADD COLUMN lead_agent TEXT NOT NULL DEFAULT '';
UPDATE approvals SET lead_agent = agent;

-- What waits for people is counted before each further question.
CREATE INDEX approvals_waiting_lead ON approvals (lead_agent, expires)
  WHERE state IN ('PENDING', 'PARTIAL');
CREATE INDEX approvals_waiting_confirmer ON approvals (confirmer, expires)
  WHERE state IN ('PENDING', 'PARTIAL');

-- When an agent, or a person's agents together, may ask as often again as after a long silence.
CREATE TABLE question_rates (
  name    TEXT   NOT NULL PRIMARY KEY,
  full_at BIGINT NOT NULL
);
