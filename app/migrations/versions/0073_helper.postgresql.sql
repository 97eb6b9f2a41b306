-- Helpers of the digital team have a role of their own (PostgreSQL).

ALTER TABLE role_grant DROP CONSTRAINT ck_role_grant_role;

ALTER TABLE role_grant ADD CONSTRAINT ck_role_grant_role CHECK (role in ('maker', 'checker', 'approver', 'releaser', 'auditor', 'admin', 'desk', 'helper'));
