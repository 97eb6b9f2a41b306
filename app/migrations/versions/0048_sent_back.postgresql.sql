-- A debit may be placed on money of unknown origin that it sent back, or on a payment closed as not gone (PostgreSQL).

ALTER TABLE line_part DROP CONSTRAINT ck_line_part_verdict;

ALTER TABLE line_part ADD CONSTRAINT ck_line_part_verdict CHECK (verdict in ('settled', 'returned', 'funding', 'fee_back', 'fee_month', 'fee_batch', 'treasury-slip', 'recovery-receipt', 'sent_back', 'late'));
