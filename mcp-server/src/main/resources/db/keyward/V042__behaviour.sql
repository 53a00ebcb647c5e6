-- What each agent does, counted: calls by the hour, writes by the minute, tools that it has used, and how
-- many calls in a row were denied. Names and numbers only.
CREATE TABLE behaviour (
  agent TEXT   NOT NULL,
  -- calls, writes, denied, or a tool's name
  what  TEXT   NOT NULL,
  -- the hour or minute since 1970; 0 where there is only one
  slot  BIGINT NOT NULL,
  count BIGINT NOT NULL,
  PRIMARY KEY (agent, what, slot)
);
