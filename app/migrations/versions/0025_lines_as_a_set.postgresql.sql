-- What the lines of a payroll refer to is checked as a set, by a trigger (PostgreSQL).

ALTER TABLE payroll_line DROP CONSTRAINT fk_payroll_line_payroll_id;

ALTER TABLE payroll_line DROP CONSTRAINT fk_payroll_line_obligation_id;

ALTER TABLE payroll_line DROP CONSTRAINT fk_payroll_line_destination_id;

ALTER TABLE payroll_line DROP CONSTRAINT fk_payroll_line_contract_id;
