-- A unique key of payrolls that nothing refers to any more goes (PostgreSQL).

ALTER TABLE payroll DROP CONSTRAINT uq_payroll_id_maker_id_digest;
