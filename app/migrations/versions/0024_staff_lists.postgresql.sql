-- Lists of officers and their families (PostgreSQL).

ALTER TABLE payroll DROP CONSTRAINT ck_payroll_kind;

ALTER TABLE payroll ADD CONSTRAINT ck_payroll_kind CHECK (kind in ('monthly', 'difference', 'follow_up', 'campaign', 'staff'));
