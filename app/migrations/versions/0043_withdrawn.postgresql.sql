-- What the matcher placed may be taken back by two officers (PostgreSQL).

ALTER TABLE line_match ADD COLUMN withdrawn_by BIGINT DEFAULT 0 NOT NULL;

DROP INDEX uq_line_match_target;

CREATE UNIQUE INDEX uq_line_match_target ON line_match (verdict, target_id) WHERE verdict not in ('credit_unknown', 'debit_unknown', 'conflict', 'noted', 'told_before') and withdrawn_by = 0;

ALTER TABLE outcome DROP CONSTRAINT ck_outcome_undone;

ALTER TABLE outcome ADD CONSTRAINT ck_outcome_undone CHECK (undone_by = 0 or decision_id is null);

ALTER TABLE line_unplacing ALTER COLUMN placing_id DROP NOT NULL;

CREATE TABLE fee_taken (
    verdict TEXT NOT NULL,
    target_id BIGINT NOT NULL,
    turn BIGINT NOT NULL,
    bank_line_id BIGINT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_fee_taken PRIMARY KEY (verdict, target_id, turn),
    CONSTRAINT ck_fee_taken_verdict CHECK (verdict in ('fee_month', 'fee_batch')),
    CONSTRAINT fk_fee_taken_bank_line_id FOREIGN KEY(bank_line_id) REFERENCES bank_line (id)
);

INSERT INTO fee_taken (verdict, target_id, turn, bank_line_id, recorded_at)
SELECT m.verdict, m.target_id, (SELECT count(*) FROM line_part o WHERE o.verdict = m.verdict AND o.target_id = m.target_id AND o.undone_by > 0), m.bank_line_id, f.received_at FROM line_match m JOIN bank_line l ON l.id = m.bank_line_id JOIN inbound_file f ON f.id = l.file_id WHERE m.verdict in ('fee_month', 'fee_batch')
UNION ALL SELECT q.verdict, q.target_id, (SELECT count(*) FROM line_part o WHERE o.verdict = q.verdict AND o.target_id = q.target_id AND o.undone_by > 0 AND o.id < q.id), g.bank_line_id, g.placed_at FROM line_part q JOIN line_placing g ON g.proposal_id = q.proposal_id WHERE q.verdict in ('fee_month', 'fee_batch');

ALTER TABLE banned_account DROP CONSTRAINT pk_banned_account;

ALTER TABLE banned_account ADD CONSTRAINT pk_banned_account PRIMARY KEY (account_key, banned_at);

CREATE TABLE ban_lifting (
    id BIGSERIAL NOT NULL,
    account_key TEXT NOT NULL,
    banned_at TIMESTAMP WITH TIME ZONE NOT NULL,
    proposal_id BIGINT NOT NULL,
    lifted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_ban_lifting PRIMARY KEY (id),
    CONSTRAINT uq_ban_lifting_account_key_banned_at UNIQUE (account_key, banned_at)
);
