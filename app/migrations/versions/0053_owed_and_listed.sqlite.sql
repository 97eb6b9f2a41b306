-- Whether what is owed stands on a list is answered by the index alone (SQLite).

DROP INDEX ix_payroll_line_obligation_id;

CREATE INDEX ix_payroll_line_obligation_id ON payroll_line (obligation_id, undone);
