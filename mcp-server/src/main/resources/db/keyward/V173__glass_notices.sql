-- Approvals for which somebody has broken the glass, until everybody concerned has been written to.
CREATE TABLE glass_notices (
  approval TEXT NOT NULL PRIMARY KEY
);
