-- Pages of finance find their rows among a million payments (SQLite).

DROP INDEX ix_outcome_failed;

CREATE INDEX ix_outcome_failed ON outcome (instruction_id, state, undone_by, happened_on) WHERE state in ('rejected', 'returned', 'not_received', 'recalled');

CREATE INDEX ix_bank_line_booked ON bank_line (provider, account, booked_on) WHERE kind = 'booked';

DROP INDEX ix_instruction_batch_id;

CREATE INDEX ix_instruction_batch_id ON instruction (batch_id, state, method, amount);
