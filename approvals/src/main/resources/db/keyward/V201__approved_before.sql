-- What each page of a request compares it with: the newest that people approved, of the same agent and tool.
CREATE INDEX approvals_approved ON approvals (agent, tool, asked, id)
  WHERE allowed_by IS NULL AND state IN ('APPROVED', 'CONSUMED', 'DONE', 'UNKNOWN');
