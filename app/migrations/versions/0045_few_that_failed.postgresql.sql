-- Outcomes that say a payment failed, and lines that pay again: few among all of them.

CREATE INDEX ix_outcome_failed ON outcome (instruction_id) WHERE state in ('rejected', 'returned', 'not_received', 'recalled');

CREATE INDEX ix_payroll_line_repeated ON payroll_line (payroll_id) WHERE cause in ('carried', 'follow_up');
