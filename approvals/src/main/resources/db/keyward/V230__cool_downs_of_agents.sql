-- A cool-down holds for the agent in its other runs too: looked up by tool.
CREATE INDEX approval_cool_downs_by_tool ON approval_cool_downs (tool, until);
