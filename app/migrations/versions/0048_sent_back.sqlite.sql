-- A debit may be placed on money of unknown origin that it sent back, or on a payment closed as not gone (SQLite).
-- The table is written anew under its name.

CREATE TABLE line_part_before AS SELECT * FROM line_part;

DROP TABLE line_part;

CREATE TABLE line_part (
    id INTEGER NOT NULL,
    proposal_id INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    verdict TEXT NOT NULL,
    target_id INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    was TEXT NOT NULL,
    undone_by INTEGER DEFAULT 0 NOT NULL,
    CONSTRAINT pk_line_part PRIMARY KEY (id),
    CONSTRAINT uq_line_part_proposal_id_ordinal UNIQUE (proposal_id, ordinal),
    CONSTRAINT ck_line_part_amount CHECK (amount > 0),
    CONSTRAINT ck_line_part_verdict CHECK (verdict in ('settled', 'returned', 'funding', 'fee_back', 'fee_month', 'fee_batch', 'treasury-slip', 'recovery-receipt', 'sent_back', 'late')),
    CONSTRAINT fk_line_part_proposal_id FOREIGN KEY(proposal_id) REFERENCES line_proposal (id)
) STRICT;

CREATE UNIQUE INDEX uq_line_part_target ON line_part (verdict, target_id) WHERE undone_by = 0;

INSERT INTO line_part (id, proposal_id, ordinal, verdict, target_id, amount, was, undone_by)
SELECT id, proposal_id, ordinal, verdict, target_id, amount, was, undone_by FROM line_part_before ORDER BY id;

DROP TABLE line_part_before;
