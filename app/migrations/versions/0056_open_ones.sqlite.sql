-- What is open is found by an index, for the badges of the menu (SQLite).

CREATE INDEX ix_payroll_open ON payroll (state) WHERE state in ('draft', 'submitted', 'checked');

CREATE INDEX ix_suspense_item_open ON suspense_item (bank_line_id) WHERE resolved_at is null;

CREATE INDEX ix_bank_case_open ON bank_case (id) WHERE state = 'open';
